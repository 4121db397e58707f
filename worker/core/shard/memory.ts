import type { EpochMs } from '../kernel/time'
import type { BlockCounts } from './blocks'
import { LEASE_MS } from './lease'
import { recallSlot, type KeyGroup } from './slots'
import type { InboxSize, LiveRow, ShardMeta, ShardStore } from './store'
import type { ReleaseSummary } from '../model/deployment-config'

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
  mail: InboxSize
  /** Its concurrency key. */
  readonly key: string | null
  /** How many of this key may run at once; null = it takes part in the shard's quota. */
  readonly keyLimit: number | null
  /** Not to be started after this. */
  readonly startBy: EpochMs | null
  /** The execution that waits for its end. */
  readonly parent: string | null
  /** Its journal may name executions that it started and waits for. */
  calls: boolean
}

export type Lease = { readonly token: number; readonly until: EpochMs }

export type ShardMemory = {
  meta: ShardMeta | null
  nextSeq: number
  readonly live: Map<number, Live>
  /** Never claimed, waiting for a slot and a runner; first in, first out. */
  readonly ready: Set<number>
  /** Never claimed, and their concurrency keys have a place for them. */
  readonly opened: Set<number>
  /** By concurrency key, where there is a limit. */
  readonly groups: Map<string, KeyGroup>
  /** Holding a slot already and waiting for a runner again: after a wait, or because the last one went silent. */
  readonly resumed: Set<number>
  readonly leases: Map<number, Lease>
  slots: number
  /** Those of `slots` that count against the limit of a key and not against the quota. */
  keyedSlots: number
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
  /** When the next message to another execution is due; null = none waits. */
  postDueAt: EpochMs | null
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
    opened: new Set(),
    groups: new Map(),
    resumed: new Set(),
    leases: new Map(),
    slots: 0,
    keyedSlots: 0,
    rung: 0,
    lastClaimAt: now,
    ringWaitMs: RING_AGAIN_MS,
    unflushed: new Map(meta === null ? [] : store.unflushed(meta.flushedThrough)),
    unseen: new Set(),
    releases: new Map(),
    blocks: new Map(store.blockCounts()),
    postDueAt: store.nextPostDue(),
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
  const { seq, pin, acceptedAt, deadlineAt, token, progressToken, events, journalChars, spilled, mail } = row
  const entry: Live = {
    seq,
    pin,
    acceptedAt,
    deadlineAt,
    token,
    progressToken,
    events,
    journalChars,
    spilled,
    mail,
    claimed: false,
    fresh: row.state === 'delayed',
    recovered: row.state !== 'delayed',
    parkedUntil: row.state === 'live' ? null : (row.dueAt ?? row.deadlineAt),
    key: row.concurrencyKey,
    keyLimit: row.concurrencyKey === null ? null : (memory.releases.get(pin)?.concurrency ?? null),
    startBy: row.startBy,
    parent: row.parent,
    calls: true,
  }
  memory.live.set(seq, entry)
  // Nobody has ever come for what is delayed; all else may have a holder, and is counted until the contrary shows.
  if (row.state === 'delayed') return
  recallSlot(memory, entry)
  // Its holder may come back for as long as it may believe in its lease, and nobody else has it before (I4).
  if (row.state === 'live') memory.leases.set(seq, { token, until: now + LEASE_MS })
}
