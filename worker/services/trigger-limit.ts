import type { Clock, EpochMs } from '#core/kernel/time'
import type { RateLimit } from '../ports/rate-limit'

const ORGANIZATIONS_MAX = 10_000
/** Triggers of burst allowed for each trigger per second. */
const BURST_SECONDS = 5

type Bucket = { tokens: number; at: EpochMs }

/**
 * An organization's triggers: `perSecond` with a burst of five times that, counted in this isolate. Only who has used up half
 * of the burst here is also counted by the location-wide `shield`, so that quiet organizations never wait for it (I10).
 */
export function createTriggerLimit(limit: { clock: Clock; perSecond: number; shield: RateLimit }): RateLimit {
  const burst = limit.perSecond * BURST_SECONDS
  const buckets = new Map<string, Bucket>()

  function bucketOf(key: string, now: EpochMs): Bucket {
    const known = buckets.get(key)
    if (known !== undefined) return known
    if (buckets.size >= ORGANIZATIONS_MAX) buckets.delete(buckets.keys().next().value ?? '')
    const fresh = { tokens: burst, at: now }
    buckets.set(key, fresh)
    return fresh
  }

  return async (key) => {
    const now = limit.clock()
    const bucket = bucketOf(key, now)
    const earned = (Math.max(0, now - bucket.at) / 1_000) * limit.perSecond
    bucket.tokens = Math.min(burst, bucket.tokens + earned)
    bucket.at = now
    if (bucket.tokens < 1) return false
    bucket.tokens -= 1
    return bucket.tokens > burst / 2 || limit.shield(key)
  }
}
