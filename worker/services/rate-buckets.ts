import type { Clock, EpochMs } from '#core/kernel/time'
import type { RateRule, RateVerdict } from '#core/model/rate'

/** One bucket a call is counted in. */
export type Charge = { readonly key: string; readonly rule: RateRule }

type Bucket = { tokens: number; at: EpochMs }

const KEYS_MAX = 10_000

/**
 * Counts calls by key in this isolate. A call is counted in all of its buckets or, when one of them has no room, in none:
 * what is refused costs nothing. Approximate where the service runs in several isolates.
 */
export function createRateBuckets(clock: Clock): (charges: readonly Charge[]) => readonly RateVerdict[] {
  const buckets = new Map<string, Bucket>()

  function filled({ key, rule }: Charge, now: EpochMs): Bucket {
    const known = buckets.get(key)
    if (known === undefined) {
      if (buckets.size >= KEYS_MAX) buckets.delete(buckets.keys().next().value ?? '')
      const fresh = { tokens: rule.quota, at: now }
      buckets.set(key, fresh)
      return fresh
    }
    const earned = (Math.max(0, now - known.at) / 1_000) * (rule.quota / rule.windowSeconds)
    known.tokens = Math.min(rule.quota, known.tokens + earned)
    known.at = now
    return known
  }

  return (charges) => {
    const now = clock()
    const held = charges.map((charge) => ({ charge, bucket: filled(charge, now) }))
    const hasRoom = held.every(({ bucket }) => bucket.tokens >= 1)
    if (hasRoom) for (const { bucket } of held) bucket.tokens -= 1
    return held.map(({ charge, bucket }) => verdictOf(charge.rule, bucket.tokens, hasRoom || bucket.tokens >= 1))
  }
}

function verdictOf(rule: RateRule, tokens: number, allowed: boolean): RateVerdict {
  const perSecond = rule.quota / rule.windowSeconds
  return {
    rule,
    allowed,
    remaining: Math.floor(tokens),
    resetSeconds: Math.ceil((rule.quota - tokens) / perSecond),
    retryAfterSeconds: Math.max(1, Math.ceil((1 - tokens) / perSecond)),
  }
}
