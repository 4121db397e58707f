/** What D1, Durable Objects and R2 say when they cannot be reached or are too busy, rather than that a request was wrong. */
const WORDS = [
  /network connection (was )?lost/i,
  /internal error/i,
  /overloaded/i,
  /transient issue/i,
  /storage.*(timeout|object to be reset)/i,
  /too many requests/i,
  /service unavailable/i,
]
const CAUSES_MAX = 5

/**
 * Whether an error means that a part of the platform is out of order for a while: the same request may succeed later. A
 * query that the database judged and refused is a fault of ours.
 */
export function isOutage(error: unknown): boolean {
  let one = error
  for (let depth = 0; depth < CAUSES_MAX && one instanceof Error; depth++) {
    const { retryable, overloaded } = one as { retryable?: boolean; overloaded?: boolean }
    if (retryable === true || overloaded === true) return true
    const { message } = one
    if (!message.includes('SQLITE_') && WORDS.some((words) => words.test(message))) return true
    one = one.cause
  }
  return false
}
