import type { EpochMs } from '../kernel/time'

/** Executions are archived in blocks of this many, by their number. */
export const BLOCK_SIZE = 64

/** How many executions of a block the shard still stores; enough to decide about it without reading it. */
export type BlockCount = { rows: number; ended: number; readonly oldestAt: EpochMs }

/** By number of the block, oldest first. Only blocks with stored rows. */
export type BlockCounts = Map<number, BlockCount>

export function blockOf(seq: number): number {
  return Math.floor(seq / BLOCK_SIZE)
}

export function countAccepted(blocks: BlockCounts, seq: number, acceptedAt: EpochMs): void {
  const count = blocks.get(blockOf(seq))
  if (count === undefined) blocks.set(blockOf(seq), { rows: 1, ended: 0, oldestAt: acceptedAt })
  else count.rows += 1
}

export function countEnded(blocks: BlockCounts, seq: number): void {
  const count = blocks.get(blockOf(seq))
  if (count !== undefined) count.ended += 1
}

/** Ended rows of a block have left the shard. */
export function countArchived(blocks: BlockCounts, block: number, rows: number): void {
  const count = blocks.get(block)
  if (count === undefined) return
  count.rows -= rows
  count.ended -= rows
  if (count.rows <= 0) blocks.delete(block)
}
