import type { EpochMs } from '../kernel/time'
import type { Shard } from './memory'
import { recordOf, summaryOf } from './record'
import type { ExecutionSummary } from './summary'
import type { ReleaseSummary } from '../model/deployment-config'
import type { ExecutionRecord } from './wire'

/** Executions are archived in blocks of this many, by their number. */
export const BLOCK_SIZE = 64
/** A block that never fills, or that a long execution holds back, is written when its oldest row is this old. */
export const BLOCK_AGE_MS = 24 * 3_600_000

/** One archived execution: all that reading it later takes, save the document, which its version keeps. */
export type ArchivedExecution = {
  readonly summary: ExecutionSummary
  readonly record: ExecutionRecord
  readonly release: ReleaseSummary | null
}

export type BlockToWrite = {
  readonly block: number
  /** A block that was written before leaves its stragglers as objects of their own. */
  readonly single: boolean
  readonly executions: readonly ArchivedExecution[]
  readonly stragglers: readonly number[]
}

export function blockOf(seq: number): number {
  return Math.floor(seq / BLOCK_SIZE)
}

/** `t/<class>/<org>/<ref>/<shard>/<n>`: the trace block; a straggler adds its number. */
export function blockKey(shard: Shard, block: number, straggler?: number): string {
  const { config, no } = shard.memory.meta ?? { config: null, no: 0 }
  const key = `t/standard/${config?.organizationId}/${config?.ref}/${no}/${block}`
  return straggler === undefined ? key : `${key}/${straggler}`
}

/** The oldest block that may be written now: all its rows ended and in the index, or old enough to leave the rest behind. */
export function nextBlock(shard: Shard, from: number, now: EpochMs): BlockToWrite | null {
  const { store, memory } = shard
  const first = store.oldestBlock()
  if (first === null) return null
  const last = blockOf(memory.nextSeq - 1)
  for (let block = Math.max(first, from); block <= last; block++) {
    if (isDue(shard, block, now)) return collect(shard, block, now)
  }
  return null
}

function isDue(shard: Shard, block: number, now: EpochMs): boolean {
  const state = shard.store.blockState(block)
  if (state.rows === 0 || state.ended === 0) return false
  const closed = (block + 1) * BLOCK_SIZE <= shard.memory.nextSeq
  const old = state.oldestAcceptedAt !== null && now - state.oldestAcceptedAt >= BLOCK_AGE_MS
  return old || (closed && state.ended === state.rows)
}

function collect(shard: Shard, block: number, now: EpochMs): BlockToWrite | null {
  const { memory, store } = shard
  const seqs = Array.from({ length: BLOCK_SIZE }, (_, index) => block * BLOCK_SIZE + index)
  const rows = store.rows(seqs)
  const ready = rows.filter((row) => row.finishNo !== null && !memory.unflushed.has(row.seq))
  if (ready.length === 0) return null
  if (ready.length < rows.length && ready.length < rows.filter((row) => row.finishNo !== null).length) return null
  const executions = ready.map((row) => {
    const record = recordOf(shard, row)
    return {
      summary: summaryOf(shard, { ...row, startedAt: null }, now),
      record,
      release: memory.releases.get(row.pin) ?? null,
    }
  })
  const stragglers = rows.filter((row) => row.finishNo === null).map((row) => row.seq)
  return { block, single: store.isBlockWritten(block), executions, stragglers }
}

/** The archive has a block: its rows leave the shard. */
export function archived(shard: Shard, written: BlockToWrite, now: EpochMs): void {
  shard.store.transaction(() => {
    if (!written.single) shard.store.markBlock(written.block, now, written.stragglers)
    shard.store.deleteRows(written.executions.map((execution) => execution.record.seq))
  })
}
