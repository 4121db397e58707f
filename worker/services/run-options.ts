import { fromIso, type EpochMs } from '#core/kernel/time'
import { LIMITS } from '#core/model/limits'
import type { Cause } from '#core/shard/wire'
import { AppError } from './app-error'

export type RunOptions = {
  readonly tags?: readonly string[] | undefined
  /** Seconds, or an instant. */
  readonly delay?: number | string | undefined
  readonly ttl?: number | undefined
  readonly concurrencyKey?: string | undefined
}

export type RunTerms = {
  readonly cause: Pick<Cause, 'tags' | 'concurrencyKey' | 'startBy'>
  /** Not to be started before this much time has passed. */
  readonly delayMs: number
}

/** The options of a run as its shard understands them. An instant that has passed is no delay. */
export function runTerms({ tags = [], delay = 0, ttl, concurrencyKey }: RunOptions, now: EpochMs): RunTerms {
  const delayMs = typeof delay === 'number' ? Math.round(delay * 1_000) : Math.max(0, fromIso(delay) - now)
  if (delayMs > LIMITS.executionTimeoutMsMax) {
    const message = 'An execution may be delayed by 365 days at most.'
    const issues = [{ code: 'invalid', severity: 'error', path: '/delay', message } as const]
    throw new AppError('request_invalid', { detail: message, issues })
  }
  return {
    delayMs,
    cause: {
      ...(tags.length > 0 && { tags: [...new Set(tags)] }),
      ...(concurrencyKey !== undefined && { concurrencyKey }),
      ...(ttl !== undefined && { startBy: now + delayMs + ttl * 1_000 }),
    },
  }
}
