import type { RateVerdict } from '#core/model/rate'

/**
 * `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10) of the rules a call was counted by, with
 * `Retry-After` when one of them refused it.
 */
export function rateHeaders(verdicts: readonly RateVerdict[]): Readonly<Record<string, string>> {
  if (verdicts.length === 0) return {}
  const waits = verdicts.filter(({ allowed }) => !allowed).map(({ retryAfterSeconds }) => retryAfterSeconds)
  return {
    'ratelimit-policy': verdicts
      .map(({ rule: { name, quota, windowSeconds } }) => `"${name}";q=${quota};w=${windowSeconds}`)
      .join(', '),
    ratelimit: verdicts
      .map(({ rule: { name }, remaining, resetSeconds }) => `"${name}";r=${remaining};t=${resetSeconds}`)
      .join(', '),
    ...(waits.length > 0 && { 'retry-after': String(Math.max(...waits)) }),
  }
}
