import type { EpochMs } from '../kernel/time'
import { end } from './commit'
import type { Live, Shard } from './memory'

/**
 * Records a wish to cancel before anything else happens (4.4 rule 10). Without a holder the execution ends at once;
 * otherwise its runner learns of it with its next commit or renewal.
 */
export function cancel(
  shard: Shard,
  request: { seq: number; reason: string; actor: string | null },
  now: EpochMs,
): 'recorded' | 'terminal' | 'unknown' {
  const entry = shard.memory.live.get(request.seq)
  if (entry === undefined) return shard.store.row(request.seq) === null ? 'unknown' : 'terminal'
  const { reason, actor } = request
  shard.store.transaction(() => {
    if (shard.memory.leases.has(entry.seq)) {
      const body = JSON.stringify({ reason, actor })
      shard.store.addInbox(entry.seq, { kind: 'cancel', key: 'cancel', body, at: now })
      entry.mail = true
    } else {
      const event = { v: 1, type: 'cancel_requested', at: now, reason, actor }
      endByShard(shard, entry, 'cancelled', { code: 'cancelled', message: reasonText(reason) }, event, now)
    }
  })
  return 'recorded'
}

function reasonText(reason: string): string {
  return reason === '' ? 'The execution was cancelled.' : `The execution was cancelled: ${reason}`
}

/** Ends an execution that outlived its limit and that nobody holds. */
export function endOverdue(shard: Shard, entry: Live, now: EpochMs): void {
  const event = { v: 1, type: 'deadline_passed', at: now }
  const message = 'The execution took longer than its limit.'
  endByShard(shard, entry, 'timed_out', { code: 'timed_out', message }, event, now)
}

/** Ends an execution whose runners keep dying without making progress. */
export function endPoisoned(shard: Shard, entry: Live, now: EpochMs): void {
  const failure = { code: 'poisoned', message: 'Every runner that took this execution died before it made progress.' }
  endByShard(shard, entry, 'failed', failure, { v: 1, type: 'execution_failed', at: now, failure }, now)
}

function endByShard(
  shard: Shard,
  entry: Live,
  status: 'cancelled' | 'timed_out' | 'failed',
  error: { code: string; message: string },
  event: object,
  now: EpochMs,
): void {
  // The token is raised first, so that a runner which still believes in its lease is fenced.
  entry.token += 1
  shard.store.raiseToken(entry.seq, entry.token)
  const startedAt = shard.store.heads([entry.seq])[0]?.startedAt ?? null
  const result = JSON.stringify({ output: null, error, startedAt, endedAt: now })
  end(shard, entry, [JSON.stringify(event)], { status, result })
  shard.store.clearInbox(entry.seq)
}
