import type { EpochMs } from '../kernel/time'
import { end } from './commit'
import type { Live, Shard } from './memory'

/**
 * Ends an execution at once, whoever holds it (I14): its runner is fenced from now on, starts nothing that it has to ask for,
 * and aborts what runs when it next hears from the shard.
 */
export function cancel(
  shard: Shard,
  request: { seq: number; reason: string; actor: string | null },
  now: EpochMs,
): 'recorded' | 'terminal' | 'unknown' {
  const entry = shard.memory.live.get(request.seq)
  if (entry === undefined) return shard.store.row(request.seq) === null ? 'unknown' : 'terminal'
  const { reason, actor } = request
  const event = { v: 1, type: 'cancel_requested', at: now, reason, actor }
  shard.store.transaction(() =>
    endByShard(shard, entry, 'cancelled', { code: 'cancelled', message: reasonText(reason) }, event, now),
  )
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

/** Ends an execution that nobody had come for when it was no longer worth starting. */
export function endExpired(shard: Shard, entry: Live, now: EpochMs): void {
  const event = { v: 1, type: 'deadline_passed', at: now }
  const message = 'The execution could not be started within the time its ttl allowed.'
  endByShard(shard, entry, 'timed_out', { code: 'ttl_expired', message }, event, now)
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
  end(shard, entry, [JSON.stringify(event)], { status, result }, now)
}
