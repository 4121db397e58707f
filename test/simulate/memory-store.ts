import type { ShardStore } from '#core/shard/store'
import type { MemoryDisk } from './memory-disk'
import { createMemoryKeys } from './memory-keys'
import { createMemoryMail } from './memory-mail'
import { createMemoryMeta } from './memory-meta'
import { createMemoryRowReader } from './memory-rows'
import { createMemoryWaitingRows } from './memory-waiting'
import { createMemoryRowWriter } from './memory-writes'
import { createTransactions } from './memory-transactions'

export { createMemoryDisk, type MemoryDisk } from './memory-disk'

/** What one life of a shard's process does to its calls. */
export type StoreLife = {
  /** Called just before a transaction (or a write outside of any) is durable; throwing undoes it. */
  readonly beforeCommit?: () => void
  /** Once false, every call throws, and a transaction that is under way is undone. */
  readonly isAlive?: () => boolean
}

/**
 * The ShardStore in memory, alike to the one on SQLite in everything a shard can see (held by a test that drives both).
 * Several may be opened on one disk, one after the other.
 */
export function openMemoryStore(disk: MemoryDisk, life: StoreLife = {}): ShardStore {
  const { beforeCommit, isAlive } = life
  const mustLive = () => {
    if (isAlive?.() === false) throw new Error('The process is gone.')
  }
  const writes = createTransactions(() => {
    mustLive()
    beforeCommit?.()
  })
  const store: ShardStore = {
    transaction: (work) => writes.run(work),
    ...createMemoryMeta(disk, writes),
    ...createMemoryKeys(disk, writes),
    ...createMemoryRowReader(disk),
    ...createMemoryWaitingRows(disk),
    ...createMemoryRowWriter(disk, writes),
    ...createMemoryMail(disk, writes),
  }
  return isAlive === undefined ? store : guarded(store, mustLive)
}

function guarded(store: ShardStore, mustLive: () => void): ShardStore {
  const methods = Object.entries(store).map(([name, method]: [string, (...args: never[]) => unknown]) => {
    const call = (...args: never[]) => {
      mustLive()
      return method(...args)
    }
    return [name, call] as const
  })
  return Object.fromEntries(methods) as ShardStore
}
