import type { Clock, EpochMs } from '#core/kernel/time'

/** No effect starts later than this before the lease ends. */
const FENCE_MARGIN_MS = 5_000
/** A holder asks for more time this often, well before the lease ends. */
export const RENEW_EVERY_MS = 10_000

/**
 * A runner's own view of its lease, counted from before the last answered call was sent (4.4 rule 5). Every answer that
 * granted time extends it; nothing else does.
 */
export type LeaseClock = {
  extend(sentAt: EpochMs, leaseMs: number): void
  endsAt(): EpochMs
  /** When the last answered call was sent: nothing newer is known of the execution. */
  confirmedAt(): EpochMs
  /** Whether a new effect may still leave. */
  mayStart(): boolean
}

export function createLeaseClock(clock: Clock, sentAt: EpochMs, leaseMs: number): LeaseClock {
  let endsAt = sentAt + leaseMs
  let confirmedAt = sentAt
  return {
    extend(at, ms) {
      endsAt = Math.max(endsAt, at + ms)
      confirmedAt = Math.max(confirmedAt, at)
    },
    endsAt: () => endsAt,
    confirmedAt: () => confirmedAt,
    mayStart: () => clock() < endsAt - FENCE_MARGIN_MS,
  }
}
