import type { EpochMs } from '#core/kernel/time'
import type { NewRow, Post, Row } from '#core/shard/store'
import type { InboxEntry, Loan } from '#core/shard/wire'

/** An execution's row, with JSON columns as text. Long texts and the journal's parts lie beside it. */
export type StoredRow = Omit<Row, 'cause' | 'journal'> &
  Pick<NewRow, 'nonce' | 'parent'> & { readonly cause: string; readonly journal: string }

export type StoredKey = { readonly seq: number; readonly fingerprint: string; readonly acceptedAt: EpochMs }

export type StoredMeta = {
  readonly no: number
  readonly config: string
  readonly flushedThrough: number
  readonly loan: Loan
  readonly keyTable: 0 | 1
  readonly keysSince: EpochMs
}

/**
 * What survives a life of a shard. Values are texts, numbers and objects of the disk's own that are never changed in
 * place: nobody who wrote or read one can change what is stored, and undoing is putting the value before back.
 */
export type MemoryDisk = {
  readonly meta: Map<'meta', StoredMeta>
  readonly releases: Map<number, { readonly summary: string; readonly document: string; readonly environment: string }>
  readonly rows: Map<number, StoredRow>
  /** Of the rows that have an instant. */
  readonly dueAt: Map<number, EpochMs>
  /** In order of their numbers. */
  readonly journalParts: Map<number, readonly (readonly [number, string])[]>
  readonly longPayloads: Map<number, string>
  readonly longResults: Map<number, string>
  readonly keys: Map<0 | 1, Map<string, StoredKey>>
  readonly inbox: Map<number, readonly InboxEntry[]>
  readonly outbox: Map<number, Post>
  readonly blocks: Map<number, { readonly writtenAt: EpochMs; readonly stragglers: string }>
}

/** A disk nothing was written to. */
export function createMemoryDisk(): MemoryDisk {
  return {
    meta: new Map(),
    releases: new Map(),
    rows: new Map(),
    dueAt: new Map(),
    journalParts: new Map(),
    longPayloads: new Map(),
    longResults: new Map(),
    keys: new Map([
      [0, new Map()],
      [1, new Map()],
    ]),
    inbox: new Map(),
    outbox: new Map(),
    blocks: new Map(),
  }
}
