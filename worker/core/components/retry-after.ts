import type { EpochMs } from '../kernel/time'
import { LIMITS } from '../model/limits'

const DATE = /^[A-Z][a-z]+,? .*\d\d:\d\d:\d\d/

/**
 * The milliseconds a `Retry-After` field asks for (RFC 9110 10.2.3: seconds, or a date), at most an hour; undefined when
 * it says nothing that can be read.
 */
export function retryAfterMs(field: string | undefined, now: EpochMs): number | undefined {
  if (field === undefined) return undefined
  const text = field.trim()
  const isSeconds = /^\d{1,10}$/.test(text)
  const ms = isSeconds ? Number(text) * 1_000 : DATE.test(text) ? Date.parse(text) - now : Number.NaN
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), LIMITS.retryAfterMsMax)
}
