import type { EpochMs } from '../kernel/time'
import type { Lease, Live } from './memory'
import type { Cause, InboxEntry, Work } from './wire'

/** What a runner is handed: the row as it is, and how long it may count on it. */
export function workOf(parts: {
  entry: Live
  id: string
  payload: string
  cause: Cause
  journal: readonly string[]
  inbox: readonly InboxEntry[]
  lease: Lease
  now: EpochMs
}): Work {
  const { entry, id, payload, cause, journal, inbox, lease, now } = parts
  return {
    seq: entry.seq,
    id,
    token: lease.token,
    pin: entry.pin,
    events: entry.events,
    journal,
    payload,
    cause,
    acceptedAt: entry.acceptedAt,
    deadlineAt: entry.deadlineAt,
    inbox,
    remainingMs: Math.max(0, entry.deadlineAt - now),
  }
}
