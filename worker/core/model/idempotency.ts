/** How long a call that comes again with its Idempotency-Key is the same call. */
export const IDEMPOTENCY_KEY_MS = 24 * 3_600_000
