import type { EpochMs } from '#core/kernel/time'

export type IdempotencyClaim =
  | { readonly kind: 'first' }
  | { readonly kind: 'in_flight'; readonly retryAfterMs: number }
  | { readonly kind: 'reused' }
  | { readonly kind: 'answered'; readonly status: number; readonly answer: string }

/** Which calls of one organization were answered before. */
export type IdempotencyStore = {
  /** Claims a key. A claim nobody finished in 60 s may be taken over by the same request. */
  begin(key: string, fingerprint: string, at: EpochMs): Promise<IdempotencyClaim>
  finish(key: string, status: number, answer: string): Promise<void>
  /** Forgets a call that ended without effect, so that it can be repeated. */
  abandon(key: string): Promise<void>
}
