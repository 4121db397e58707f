import type { Json, JsonObject } from '../kernel/json'
import type { EpochMs } from '../kernel/time'
import type { Failure } from '../model/failure'

/** One request a stage asks the outside world to answer. `body` is already encoded. */
export type HttpRequest = {
  readonly url: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
  readonly timeoutMs: number
  /** Carries something meant for this host alone: a redirect to another one is refused. */
  readonly staysOnHost?: boolean
}

/** What came back: a response (any status), or why none came. */
export type HttpAnswer =
  | {
      readonly kind: 'response'
      readonly status: number
      readonly headers: Readonly<Record<string, string>>
      readonly text: string
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

export type ChatRequest = {
  readonly model: string
  readonly temperature?: number
  readonly systemPrompt?: string
  readonly prompt: string
  readonly timeoutMs: number
}

export type ChatAnswer =
  | { readonly kind: 'answer'; readonly text: string; readonly usage: JsonObject; readonly durationMs: number }
  | {
      readonly kind: 'failed'
      readonly failure: Failure
      readonly durationMs: number
      /** False when asking again cannot help (no endpoint configured, a malformed request); absent = it may. */
      readonly retryable?: boolean
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
  readonly http: (request: HttpRequest) => Promise<HttpAnswer>
  readonly ai: (request: ChatRequest) => Promise<ChatAnswer>
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
 * wait earlier and gives the stage its output.
 */
export type Outcome =
  | { readonly kind: 'completed'; readonly output: Json; readonly response?: WebhookResponse }
  | {
      readonly kind: 'failed'
      readonly failure: Failure
      readonly output?: Json
      /** Whether the same attempt might succeed later; absent = no. */
      readonly transient?: boolean
    }
  | { readonly kind: 'waiting'; readonly until: EpochMs; readonly for?: AwaitedFact }
