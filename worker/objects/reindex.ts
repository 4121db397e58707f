import type { EpochMs } from '#core/kernel/time'
import { blockKey } from '#core/shard/archive'
import { tellAgain } from '#core/shard/flush'
import type { Shard } from '#core/shard/memory'
import type { ArchiveCleaner } from '../ports/archive-cleaner'
import type { ExecutionIndex } from '../ports/execution-index'
import type { BlockTable } from './block-table'

/** A block is read whole; so many are in one call. */
const BLOCKS_PER_CALL_MAX = 10

export type ReindexPorts = {
  readonly archive: Pick<ArchiveCleaner, 'look'>
  readonly index: Pick<ExecutionIndex, 'upsert'>
  readonly blocks: Pick<BlockTable, 'writtenSince'>
  readonly flush: () => Promise<void>
}

/**
 * Tells the index again what it was told since an instant: of all that is stored here, and of blocks written since then,
 * from a number on. What the index still knows stays as it is. Answers the block to go on with, or null at the end.
 */
export async function reindex(
  shard: Shard,
  { archive, index, blocks, flush }: ReindexPorts,
  { sinceAt, from }: { readonly sinceAt: EpochMs; readonly from: number },
): Promise<number | null> {
  if (from === 0) {
    // What is on its way must not move the mark past what is told again.
    await flush()
    tellAgain(shard)
    await flush()
  }
  const numbers = blocks.writtenSince(sinceAt, from, BLOCKS_PER_CALL_MAX)
  for (const number of numbers) {
    const { summaries } = await archive.look(blockKey(shard, number), '')
    await index.upsert(summaries)
  }
  const last = numbers.at(-1)
  return last === undefined || numbers.length < BLOCKS_PER_CALL_MAX ? null : last + 1
}
