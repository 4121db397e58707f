import * as z from 'zod'
import { LIMITS } from '../model/limits'
import type { Templating } from './define-component'
import { WholeExpression } from './whole-expression'

/** `retry` of a stage as resolved: how often, how far apart, and for how long as which condition holds. */
export type RetryPolicy = {
  readonly max_attempts: number
  readonly delay_seconds: number
  /** Judged after every attempt with `output` in scope; true = try again. Text until then. */
  readonly condition?: string | boolean | undefined
  readonly backoff: 'fixed' | 'exponential'
  readonly jitter: boolean
}

/** The `retry` field of components whose attempts may be repeated (S138). */
export function retryField(t: Templating) {
  const policy = z.strictObject({
    max_attempts: t(
      z
        .int()
        .min(1)
        .max(LIMITS.retryAttemptsMax)
        .meta({ title: 'Attempts', description: 'How often to try at most, the first time included.' }),
    ).default(LIMITS.retryAttemptsDefault),
    delay_seconds: t(
      z
        .number()
        .min(0)
        .max(LIMITS.retryDelaySecondsMax)
        .meta({ title: 'Delay', description: 'Seconds between two attempts.' }),
    ).default(1),
    condition: z.union([z.boolean(), WholeExpression]).optional().meta({
      title: 'Try again while',
      description: 'Judged after every attempt; `output` is what the attempt gave.',
    }),
    backoff: t(
      z
        .enum(['fixed', 'exponential'])
        .meta({ title: 'Backoff', description: 'Whether the delay doubles after each attempt.' }),
    ).default('fixed'),
    jitter: t(
      z.boolean().meta({
        title: 'Jitter',
        description: 'Shorten each delay by up to half, so that many executions do not retry at once.',
      }),
    ).default(false),
  })
  return policy.optional().meta({ title: 'Retry', description: 'When and how often a failed attempt is repeated.' })
}

/** The `timeout` field: milliseconds one attempt may take. */
export function timeoutField(t: Templating) {
  const { stageTimeoutMsMin: min, stageTimeoutMsMax: max, stageTimeoutMsDefault } = LIMITS
  return t(
    z.int().min(min).max(max).meta({ title: 'Timeout', description: 'Milliseconds one attempt may take.' }),
  ).default(stageTimeoutMsDefault)
}
