import { invariant } from '../kernel/assert'
import type { EpochMs } from '../kernel/time'
import { BLOCK_SIZE, countArchived, type BlockCount } from './blocks'
import type { Shard } from './memory'
import { recordOf, summaryOf } from './record'
import type { ExecutionSummary } from './summary'
import type { ReleaseSummary } from '../model/deployment-config'
import type { ExecutionRecord } from './wire'

/** A block that never fills, or that a long execution holds back, is written when its oldest row is this old. */
export const BLOCK_AGE_MS = 24 * 3_600_000

/** One archived execution: all that reading it later takes, save the document, which its version keeps. */
export type ArchivedExecution = {
  readonly summary: ExecutionSummary
  readonly record: ExecutionRecord
  readonly release: Pick<ReleaseSummary, 'releaseId' | 'versionId'> | null
}

/** A block with more than this is taken apart: read at once it would be too much for the object's memory. */
const BLOCK_CHARS_MAX = 8_000_000

/** Numbers of what may leave the shard now. */
export type BlockToWrite = {
  readonly block: number
  /** What goes into the block's own object; empty once that was written. */
  readonly together: readonly number[]
  /** What becomes an object of its own: large executions, and those that ended after their block was written. */
  readonly alone: readonly number[]
  /** Still live; they follow alone. */
  readonly stragglers: readonly number[]
}

/** `t/<class>/<org>/<ref>/<shard>/<n>`: the trace block; a straggler adds its number. */
export function blockKey(shard: Shard, block: number, straggler?: number): string {
  const { config, no } = shard.memory.meta ?? { config: null, no: 0 }
  const key = `t/standard/${config?.organizationId}/${config?.ref}/${no}/${block}`
  return straggler === undefined ? key : `${key}/${straggler}`
}

/** The oldest block that may be written now: all its rows ended and in the index, or old enough to leave the rest behind. */
export function nextBlock(shard: Shard, from: number, now: EpochMs): BlockToWrite | null {
  for (const [block, count] of shard.memory.blocks) {
    if (block < from || !isDue(shard, block, count, now)) continue
    const found = collect(shard, block)
    if (found !== null) return found
  }
  return null
}

function isDue(shard: Shard, block: number, { rows, ended, oldestAt }: BlockCount, now: EpochMs): boolean {
  if (ended === 0) return false
  const closed = (block + 1) * BLOCK_SIZE <= shard.memory.nextSeq
  return (closed && ended === rows) || now - oldestAt >= BLOCK_AGE_MS
}

function collect({ store, memory }: Shard, block: number): BlockToWrite | null {
  const rows = store.blockRows(block)
  const ended = rows.filter((row) => row.ended)
  if (ended.length === 0 || ended.some(({ seq }) => memory.unflushed.has(seq))) return null
  const isWritten = store.isBlockWritten(block)
  const isLarge = ended.reduce((sum, { chars }) => sum + chars, 0) > BLOCK_CHARS_MAX
  const goesAlone = (chars: number) => isWritten || (isLarge && chars > BLOCK_CHARS_MAX / BLOCK_SIZE)
  return {
    block,
    together: ended.filter(({ chars }) => !goesAlone(chars)).map(({ seq }) => seq),
    alone: ended.filter(({ chars }) => goesAlone(chars)).map(({ seq }) => seq),
    stragglers: rows.filter((row) => !row.ended).map(({ seq }) => seq),
  }
}

/** One ended execution as the archive keeps it. */
export function toArchive(shard: Shard, seq: number, now: EpochMs): ArchivedExecution {
  const row = shard.store.row(seq)
  invariant(row !== null, 'rows leave the shard only after they were archived')
  const summary = summaryOf(shard, { ...row, startedAt: null }, now)
  const release = shard.memory.releases.get(row.pin)
  return {
    summary,
    record: recordOf(shard, row),
    release: release === undefined ? null : { releaseId: release.releaseId, versionId: release.versionId },
  }
}

/** The archive has a block: its rows leave the shard. */
export function archived(shard: Shard, { block, together, alone, stragglers }: BlockToWrite, now: EpochMs): void {
  const { store, memory } = shard
  const gone = [...together, ...alone]
  store.transaction(() => {
    // Also for what followed alone: a block is as old as the newest of what lies in it.
    store.markBlock(block, now, stragglers)
    store.deleteRows(gone)
  })
  countArchived(memory.blocks, block, gone.length)
}
