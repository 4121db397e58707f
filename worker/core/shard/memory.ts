import type { EpochMs } from '../kernel/time'
import type { BlockCounts } from './blocks'
import type { LiveRow, ShardMeta, ShardStore } from './store'
import type { ReleaseSummary } from '../model/deployment-config'

/** After a restart every live row counts as leased for this long, so that its holder can re-attach. */
export const RESTART_GRACE_MS = 15_000

/** What a shard remembers of a row that has not ended; everything else stays on disk. */
export type Live = {
  readonly seq: number
  readonly pin: number
  readonly acceptedAt: EpochMs
  readonly deadlineAt: EpochMs
  token: number
  progressToken: number
  events: number
  /** Length of the journal inside the row. */
  journalChars: number
  /** The journal goes on in parts of its own; the row takes no more of it. */
  spilled: boolean
  /** Claimed at least once: holds a slot until it ends. */
  claimed: boolean
  /** Accepted in this life and never claimed: its first claim may use the token on disk as it is. */
  fresh: boolean
  /** From an earlier life, and its holder has not been heard of since: whether it was ever claimed is not known. */
  recovered: boolean
  parkedUntil: EpochMs | null
  /** Outside facts wait in the inbox. */
  mail: boolean
}

export type Lease = { readonly token: number; readonly until: EpochMs }

export type ShardMemory = {
  meta: ShardMeta | null
  nextSeq: number
  readonly live: Map<number, Live>
  /** Never claimed, waiting for a slot and a runner; first in, first out. */
  readonly ready: Set<number>
  /** Holding a slot already and waiting for a runner again: after a wait, or because the last one went silent. */
  readonly resumed: Set<number>
  readonly leases: Map<number, Lease>
  slots: number
  /** Doorbells sent and not yet answered by a claim. */
  rung: number
  lastClaimAt: EpochMs
  /** How long to wait before ringing again; doubles while nobody answers. */
  ringWaitMs: number
  readonly unflushed: Map<number, number>
  /** Live rows whose status the index has not seen. */
  readonly unseen: Set<number>
  readonly releases: Map<number, ReleaseSummary>
  readonly blocks: BlockCounts
}

export type Shard = { readonly store: ShardStore; readonly memory: ShardMemory }

/** Rebuilds a shard's memory from its disk; complete when it returns. */
export function openShard(store: ShardStore, now: EpochMs): Shard {
  const meta = store.loadMeta()
  const memory: ShardMemory = {
    meta,
    nextSeq: store.nextSeq(),
    live: new Map(),
    ready: new Set(),
    resumed: new Set(),
    leases: new Map(),
    slots: 0,
    rung: 0,
    lastClaimAt: now,
    ringWaitMs: RING_AGAIN_MS,
    unflushed: new Map(meta === null ? [] : store.unflushed(meta.flushedThrough)),
    unseen: new Set(),
    releases: new Map(),
    blocks: new Map(store.blockCounts()),
  }
  for (const pin of store.releasePins()) {
    const release = store.release(pin)
    if (release !== null) memory.releases.set(pin, release.summary)
  }
  for (const row of store.liveRows()) recall(memory, row, now)
  return { store, memory }
}

/** The first wait before an unanswered doorbell is rung again. */
export const RING_AGAIN_MS = 5_000

function recall(memory: ShardMemory, row: LiveRow, now: EpochMs): void {
  memory.live.set(row.seq, {
    seq: row.seq,
    pin: row.pin,
    acceptedAt: row.acceptedAt,
    deadlineAt: row.deadlineAt,
    token: row.token,
    progressToken: row.progressToken,
    events: row.events,
    journalChars: row.journalChars,
    spilled: row.spilled,
    claimed: true,
    fresh: false,
    recovered: true,
    parkedUntil: row.parked ? (row.dueAt ?? row.deadlineAt) : null,
    mail: true,
  })
  memory.slots += 1
  if (!row.parked) memory.leases.set(row.seq, { token: row.token, until: now + RESTART_GRACE_MS })
}
