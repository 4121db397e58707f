import { BLOCK_SIZE } from '#core/shard/blocks'
import type { ShardStore } from '#core/shard/store'
import { NO_LOAN } from '#core/shard/wire'
import { DeploymentConfigColumn, ReleaseSummaryColumn } from '../../worker/objects/columns'
import type { MemoryDisk } from './memory-disk'
import type { Transactions } from './memory-transactions'

type MetaMethods =
  | 'loadMeta'
  | 'saveMeta'
  | 'saveFlushedThrough'
  | 'saveLoan'
  | 'nextSeq'
  | 'putRelease'
  | 'release'
  | 'releasePins'
  | 'dropRelease'
  | 'markBlock'
  | 'isBlockWritten'

/** What a shard knows about itself: its config, its releases, and the blocks it has archived. */
export function createMemoryMeta(disk: MemoryDisk, { set, remove }: Transactions): Pick<ShardStore, MetaMethods> {
  return {
    loadMeta() {
      const meta = disk.meta.get('meta')
      if (meta === undefined) return null
      const { no, flushedThrough, loan } = meta
      let finishNo = flushedThrough
      for (const row of disk.rows.values()) finishNo = Math.max(finishNo, row.finishNo ?? 0)
      return { no, config: DeploymentConfigColumn.parse(JSON.parse(meta.config)), finishNo, flushedThrough, loan }
    },
    saveMeta({ no, config: value, flushedThrough }) {
      const config = JSON.stringify(value)
      const before = disk.meta.get('meta') ?? { no, flushedThrough, loan: NO_LOAN, keyTable: 0, keysSince: 0 }
      set(disk.meta, 'meta', { ...before, config })
    },
    saveFlushedThrough(flushedThrough) {
      const before = disk.meta.get('meta')
      if (before !== undefined) set(disk.meta, 'meta', { ...before, flushedThrough })
    },
    saveLoan({ slots, no }) {
      const before = disk.meta.get('meta')
      if (before !== undefined) set(disk.meta, 'meta', { ...before, loan: { slots, no } })
    },
    nextSeq() {
      let next = 0
      for (const seq of disk.rows.keys()) next = Math.max(next, seq + 1)
      for (const block of disk.blocks.keys()) next = Math.max(next, (block + 1) * BLOCK_SIZE)
      return next
    },
    putRelease: ({ pin, summary, document, environment }) =>
      set(disk.releases, pin, { summary: JSON.stringify(summary), document, environment }),
    release(pin) {
      const stored = disk.releases.get(pin)
      return stored === undefined
        ? null
        : { pin, ...stored, summary: ReleaseSummaryColumn.parse(JSON.parse(stored.summary)) }
    },
    releasePins: () => [...disk.releases.keys()].toSorted((a, b) => a - b),
    dropRelease(pin) {
      if (!disk.releases.has(pin)) return false
      for (const row of disk.rows.values()) if (row.pin === pin) return false
      remove(disk.releases, pin)
      return true
    },
    markBlock: (block, writtenAt, stragglers) =>
      set(disk.blocks, block, { writtenAt, stragglers: JSON.stringify(stragglers) }),
    isBlockWritten: (block) => disk.blocks.has(block),
  }
}
