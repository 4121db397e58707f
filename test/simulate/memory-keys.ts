import type { ShardStore } from '#core/shard/store'
import { conflict } from './memory-conflict'
import type { MemoryDisk, StoredMeta } from './memory-disk'
import type { Transactions } from './memory-transactions'

const KEY_TABLE_MS = 8 * 24 * 3_600_000

type KeyMethods = 'findKey' | 'insertKey' | 'rotateKeys'

/** Idempotency keys in two tables, of which the older one is dropped as a whole. */
export function createMemoryKeys(disk: MemoryDisk, { run, set }: Transactions): Pick<ShardStore, KeyMethods> {
  function meta(): StoredMeta {
    const found = disk.meta.get('meta')
    if (found === undefined) throw new Error('Expected exactly one result from SQL query, but got no results.')
    return found
  }
  return {
    findKey(hash) {
      const key = disk.keys.get(0)?.get(hash) ?? disk.keys.get(1)?.get(hash)
      return key === undefined ? null : { ...key }
    },
    insertKey(hash, { seq, fingerprint, acceptedAt }) {
      const { keyTable } = meta()
      const table = disk.keys.get(keyTable) ?? new Map()
      if (table.has(hash)) throw conflict(`key_${keyTable}.hash`)
      set(table, hash, { seq, fingerprint, acceptedAt })
    },
    rotateKeys(now) {
      const { keyTable, keysSince } = meta()
      if (keysSince === 0) set(disk.meta, 'meta', { ...meta(), keysSince: now })
      if (keysSince === 0 || now - keysSince < KEY_TABLE_MS) return
      const next = keyTable === 0 ? 1 : 0
      run(() => {
        set(disk.keys, next, new Map())
        set(disk.meta, 'meta', { ...meta(), keyTable: next, keysSince: now })
      })
    },
  }
}
