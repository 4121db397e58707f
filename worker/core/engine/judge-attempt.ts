import { excerpt } from '../kernel/excerpt'
import type { AwaitedFact, Outcome, WebhookResponse } from '../components/context'
import type { RetryPolicy } from '../components/retry-policy'
import type { PlannedStage } from '../definition/plan'
import type { Scope } from '../expression/scope'
import type { Json } from '../kernel/json'
import { err, ok, type Result } from '../kernel/result'
import type { Failure } from '../model/failure'
import { evaluateLate } from './evaluate-late'
import { retryDelayMs } from './retry-delay'

/** What an attempt means for its stage. */
export type Judgement =
  | { readonly kind: 'succeeded'; readonly output: Json; readonly response?: WebhookResponse; readonly mocked?: true }
  | { readonly kind: 'failed'; readonly failure: Failure; readonly output?: Json; readonly retryAfterMs?: number }
  | { readonly kind: 'waiting'; readonly until: number; readonly for?: AwaitedFact }
  | { readonly kind: 'opened'; readonly items: readonly Json[] }

/** An outcome that ends the attempt, well or not. */
type Answer = Extract<Outcome, { kind: 'completed' | 'failed' }>

const CONDITION = '/retry/condition'
const DEFAULT_POLICY = { delay_seconds: 1, backoff: 'exponential', jitter: false } as const

type Attempt = {
  readonly stage: PlannedStage
  /** The resolved config. */
  readonly config: unknown
  readonly attempt: number
  readonly scope: Scope
  /** Spreads jittered delays; the same for every judgement of the same attempt. */
  readonly seed: () => string
}

function holds(stage: PlannedStage, scope: Scope, output: Json): Result<boolean, Failure> | null {
  const value = evaluateLate(stage, CONDITION, scope, output)
  if (value === null || !value.ok) return value
  if (typeof value.value === 'boolean') return ok(value.value)
  return err({
    code: 'expression_failed',
    message: `retry.condition must be true or false, but is ${excerpt(JSON.stringify(value.value), 100)}.`,
    hint: 'Compare it with something, such as {{ output.status_code != 200 }}.',
    details: { path: `/config${CONDITION}` },
  })
}

function exhausted(attempts: number, outcome: Answer): Failure {
  const cause = outcome.kind === 'failed' ? { code: outcome.failure.code, message: outcome.failure.message } : null
  return {
    code: 'retry_exhausted',
    message: `retry.condition still held after ${attempts} attempts${cause === null ? '' : `; the last one: ${cause.message}`}`,
    details: { attempts, cause },
  }
}

function failed(failure: Failure, { output }: Answer, retryAfterMs?: number): Judgement {
  return {
    kind: 'failed',
    failure,
    ...(output !== undefined && { output }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  }
}

/**
 * Judges how an attempt ended. A retry condition is asked after every attempt that left an output, also after a
 * successful one; without it only what the component calls transient is tried again.
 */
export function judgeAttempt({ stage, config, attempt, scope, seed }: Attempt, outcome: Outcome): Judgement {
  if (outcome.kind === 'waiting' || outcome.kind === 'opened') return outcome
  const policy = (config as { retry?: RetryPolicy }).retry
  const attemptsMax = policy?.max_attempts ?? stage.component.attemptsDefault ?? 1
  const restMs = outcome.kind === 'failed' ? (outcome.retryAfterMs ?? 0) : 0
  const delayMs = () => Math.max(restMs, retryDelayMs(policy ?? DEFAULT_POLICY, attempt, seed))
  const again = outcome.output === undefined ? null : holds(stage, scope, outcome.output)

  if (again !== null && !again.ok) return failed(again.error, outcome)
  if (again?.value === true) {
    if (attempt >= attemptsMax) return failed(exhausted(attempt, outcome), outcome)
    const message = `retry.condition held after attempt ${attempt} of ${attemptsMax}.`
    const failure = outcome.kind === 'failed' ? outcome.failure : { code: 'retry_condition', message }
    return failed(failure, outcome, delayMs())
  }
  if (outcome.kind === 'completed') return { ...outcome, kind: 'succeeded' }
  const mayRetry = again === null && attempt < attemptsMax && stage.component.isTransient?.(outcome) === true
  return mayRetry ? failed(outcome.failure, outcome, delayMs()) : failed(outcome.failure, outcome)
}
