import type { EpochMs } from '../kernel/time'
import type { Shard } from './memory'
import { summaryOf } from './record'
import type { ExecutionSummary } from './summary'

/** A finish is projected this long after it happened, together with all others of that time. */
export const FLUSH_AFTER_MS = 250
/** What is still live after this appears in the index as pending, running or waiting. */
const LIVE_AFTER_MS = 2_000
const ROWS_PER_FLUSH_MAX = 500

export type FlushBatch = {
  readonly summaries: readonly ExecutionSummary[]
  /** The newest finish in the batch, to be remembered once the index has it. */
  readonly through: number | null
  readonly finished: readonly number[]
  readonly live: readonly number[]
}

/**
 * What the execution index has not seen yet: ends in finishing order, then live rows whose status changed. These are taken out:
 * one that changes again while the batch is on its way is in the next.
 */
export function nextFlush(shard: Shard, now: EpochMs): FlushBatch | null {
  const { memory, store } = shard
  const finished = firstOf(memory.unflushed.keys(), ROWS_PER_FLUSH_MAX, () => true)
  const live = firstOf(memory.unseen, ROWS_PER_FLUSH_MAX - finished.length, (seq) => isSettled(shard, seq, now))
  if (finished.length === 0 && live.length === 0) return null
  for (const seq of live) memory.unseen.delete(seq)
  const last = finished.at(-1)
  return {
    summaries: store.heads([...finished, ...live]).map((row) => summaryOf(shard, row, now)),
    through: last === undefined ? null : (memory.unflushed.get(last) ?? null),
    finished,
    live,
  }
}

/** The first few, up to the first that does not fit: both sets are in order of age. */
function firstOf(seqs: Iterable<number>, max: number, fits: (seq: number) => boolean): readonly number[] {
  const taken: number[] = []
  for (const seq of seqs) {
    if (taken.length >= max || !fits(seq)) break
    taken.push(seq)
  }
  return taken
}

/** The index has a batch: it need not be sent again, not even after a restart. */
export function flushed(shard: Shard, batch: FlushBatch): void {
  const { memory, store } = shard
  for (const seq of batch.finished) memory.unflushed.delete(seq)
  if (batch.through === null || memory.meta === null) return
  memory.meta = { ...memory.meta, flushedThrough: batch.through }
  store.saveFlushedThrough(batch.through)
}

/** The index may not have a batch: what still lives is told again. */
export function notFlushed({ memory }: Shard, batch: FlushBatch): void {
  for (const seq of batch.live) if (memory.live.has(seq)) memory.unseen.add(seq)
}

/** The index lost what it was told: everything that is stored here is told again. */
export function tellAgain({ memory, store }: Shard): void {
  if (memory.meta === null) return
  memory.meta = { ...memory.meta, flushedThrough: 0 }
  store.saveFlushedThrough(0)
  memory.unflushed.clear()
  for (const [seq, finishNo] of store.unflushed(0)) memory.unflushed.set(seq, finishNo)
  for (const seq of memory.live.keys()) memory.unseen.add(seq)
}

/** Executions that end soon are projected once, at their end. */
function isSettled(shard: Shard, seq: number, now: EpochMs): boolean {
  const entry = shard.memory.live.get(seq)
  return entry !== undefined && now - entry.acceptedAt >= LIVE_AFTER_MS
}

export function hasUnflushed(shard: Shard): boolean {
  return shard.memory.unflushed.size > 0 || shard.memory.unseen.size > 0
}
