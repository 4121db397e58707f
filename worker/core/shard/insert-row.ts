import type { EpochMs } from '../kernel/time'
import { countAccepted } from './blocks'
import type { Shard } from './memory'
import type { NewRow } from './store'
import type { AcceptRequest } from './wire'

/** Writes the row of an execution that is accepted, and with a key the row of that; one transaction (I1). */
export function insertRow(
  { memory, store }: Shard,
  { pin, nonce, key, fingerprint = '', payload }: AcceptRequest,
  row: Omit<NewRow, 'seq' | 'pin' | 'nonce' | 'keyHash' | 'payload'>,
): { readonly seq: number; readonly acceptedAt: EpochMs } {
  const { acceptedAt } = row
  const seq = memory.nextSeq
  store.transaction(() => {
    store.insert({ ...row, seq, pin, nonce, keyHash: key ?? null, payload })
    if (key !== undefined) store.insertKey(key, { seq, fingerprint, acceptedAt })
  })
  memory.nextSeq = seq + 1
  countAccepted(memory.blocks, seq, acceptedAt)
  return { seq, acceptedAt }
}
