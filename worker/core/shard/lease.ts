import type { EpochMs } from '../kernel/time'
import type { Lease, Live, ShardMemory } from './memory'

/** How long a runner may count on what it claimed, from before its last answered call was sent. */
export const LEASE_MS = 30_000

/** Grants or extends the lease on a row. In memory only: a restart is covered by the grace of openShard. */
export function holdLease(memory: ShardMemory, entry: Live, now: EpochMs): Lease {
  const lease = { token: entry.token, until: now + LEASE_MS }
  memory.leases.set(entry.seq, lease)
  return lease
}

/**
 * Whether a runner may still write to a row (I3, I4). A holder whose token equals the row's re-attaches even when the
 * lease was forgotten, as long as nobody else has claimed it: every other claim raises the token.
 */
export function holds(memory: ShardMemory, seq: number, token: number): Live | null {
  const entry = memory.live.get(seq)
  if (entry === undefined || entry.token !== token || !entry.claimed || entry.parkedUntil !== null) return null
  entry.recovered = false
  return entry
}
