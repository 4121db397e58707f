import type { Json, JsonObject } from '../kernel/json'
import type { Result } from '../kernel/result'
import type { EpochMs } from '../kernel/time'
import type { Failure } from '../model/failure'
import type { CodeAnswer, CodeCall } from './code-call'

/** Who asks a token endpoint for an access token (RFC 6749, client credentials). */
export type OAuthClient = {
  readonly tokenUrl: string
  readonly clientId: string
  readonly clientSecret: string
  readonly scope?: string
  readonly audience?: string
  /** Where the credentials go in the token request: an Authorization header, or the form itself. */
  readonly sentIn: 'header' | 'body'
}

/** One request a stage asks the outside world to answer. `body` is already encoded. */
export type HttpRequest = {
  readonly url: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array | null
  readonly timeoutMs: number
  /** Carries something meant for this host alone: a redirect to another one is refused. */
  readonly staysOnHost?: boolean
  /** False: a redirect is an answer like any other. */
  readonly followRedirects?: boolean
  /** What stands in it in base64 or decoded from base64, as it was before: secrets are looked for there as well. */
  readonly madeFrom?: Json
  /** Whose access token goes along as Authorization. */
  readonly oauth?: OAuthClient
}

/** What came back: a response (any status), or why none came. */
export type HttpAnswer =
  | {
      readonly kind: 'response'
      readonly status: number
      readonly headers: Readonly<Record<string, string>>
      readonly text: string
      /** The body is no text: `text` is its base64. */
      readonly binary?: boolean
      readonly durationMs: number
    }
  | {
      readonly kind: 'failed'
      readonly failure: Failure
      readonly durationMs: number
      /** False when asking again cannot help (an address refused by policy); absent = it may. */
      readonly retryable?: boolean
    }

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

export type LogLine = {
  readonly at: EpochMs
  readonly level: LogLevel
  readonly message: string
  readonly fields?: JsonObject
}

/** Who is asked: any OpenAI-compatible endpoint, the same through Cloudflare AI Gateway, or Workers AI. */
export const CHAT_PROVIDERS = ['openai', 'ai_gateway', 'workers_ai'] as const
export type ChatProvider = (typeof CHAT_PROVIDERS)[number]

export type ChatRequest = {
  readonly provider: ChatProvider
  readonly model: string
  readonly temperature?: number
  /** Longest an answer may be; absent = as long as the model makes it. */
  readonly tokensMax?: number
  readonly systemPrompt?: string
  readonly prompt: string
  /** JSON Schema the answer is to fit; asked for, not guaranteed. */
  readonly schema?: JsonObject
  /** Stable over attempts (I5). */
  readonly idempotencyKey: string
  readonly timeoutMs: number
}

export type ChatAnswer =
  | {
      readonly kind: 'answer'
      readonly text: string
      readonly usage: JsonObject
      /** The answer stops where the model's limit of tokens was reached. */
      readonly cutOff?: boolean
      readonly durationMs: number
    }
  | {
      readonly kind: 'failed'
      readonly failure: Failure
      readonly durationMs: number
      /** How long the provider asks to be left alone. */
      readonly retryAfterMs?: number
      /** False when asking again cannot help (no endpoint configured, a malformed request); absent = it may. */
      readonly retryable?: boolean
    }

/** Another workflow that a stage starts. */
export type ChildRequest = {
  /** Id or name. */
  readonly workflow: string
  readonly input: JsonObject
  /** The stage waits for its end. */
  readonly waits: boolean
}

export type ChildAnswer =
  | { readonly kind: 'started'; readonly executionId: string }
  | {
      readonly kind: 'failed'
      readonly failure: Failure
      /** Whether the same attempt might succeed later; absent = no. */
      readonly transient?: boolean
      readonly retryAfterMs?: number
    }

/** All a component can reach. Time is a value, chance and the network are arguments, secrets arrive inside `config`. */
export type ComponentContext = {
  readonly at: EpochMs
  readonly executionId: string
  readonly stageId: string
  readonly attempt: number
  /** Stable over attempts and re-runs (I5); sent as Idempotency-Key by unsafe components. */
  readonly idempotencyKey: string
  /** When this attempt began to wait, if an earlier run of it answered `waiting` and its instant has come; else null. */
  readonly waitingSince: EpochMs | null
  /** W3C trace context of whoever started the execution. */
  readonly traceparent?: string
  /** Evaluates a `late` part of the config with `output` in scope; null when the config has no such part. */
  readonly late: (pointer: string, output: Json) => Result<Json, Failure> | null
  readonly http: (request: HttpRequest) => Promise<HttpAnswer>
  readonly ai: (request: ChatRequest) => Promise<ChatAnswer>
  readonly code: (call: CodeCall) => Promise<CodeAnswer>
  /** Starts a child of this stage; the same one however often it is asked (I5). */
  readonly startChild: (request: ChildRequest) => Promise<ChildAnswer>
  /** Whether somebody waits for an answer that no stage has given yet. */
  readonly mayRespond: () => boolean
  readonly log: (level: LogLevel, message: string, fields?: JsonObject) => void
}

/** What may end a wait early: a signal of that name, or the end of a child execution. */
export type AwaitedFact =
  { readonly kind: 'signal'; readonly name: string } | { readonly kind: 'child'; readonly executionId: string }

/** The answer a stage gives whoever called the webhook. `body` is JSON; a string is sent as it is. */
export type WebhookResponse = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Json
}

/**
 * How one attempt ended. `waiting` holds the stage until an instant without occupying a runner; the fact in `for` ends the
 * wait earlier and gives the stage its output. `opened`: the stages it owns run once for each item.
 */
export type Outcome =
  | { readonly kind: 'completed'; readonly output: Json; readonly response?: WebhookResponse }
  | {
      readonly kind: 'failed'
      readonly failure: Failure
      readonly output?: Json
      /** Whether the same attempt might succeed later; absent = no. */
      readonly transient?: boolean
      /** How long whoever answered asks to be left alone before the next attempt. */
      readonly retryAfterMs?: number
    }
  | { readonly kind: 'waiting'; readonly until: EpochMs; readonly for?: AwaitedFact }
  | { readonly kind: 'opened'; readonly items: readonly Json[] }
