import type { EpochMs } from '../kernel/time'
import type { TerminalStatus } from '../model/execution-status'
import type { DeploymentConfig } from '../model/deployment-config'
import type { BlockCount } from './blocks'
import type { Cause, InboxEntry, Loan, PostKind, ReleaseParts } from './wire'

/** State words on disk; what people read is derived (`pending` = delayed, or live and never claimed). */
export type RowState = 'live' | 'parked' | 'delayed' | TerminalStatus

export type ShardMeta = {
  readonly no: number
  readonly config: DeploymentConfig
  /** Number of the newest finish, and the newest one known to be in the execution index. */
  readonly finishNo: number
  readonly flushedThrough: number
  /** What its organization has lent it. */
  readonly loan: Loan
}

export type NewRow = {
  readonly seq: number
  readonly pin: number
  readonly nonce: string
  readonly keyHash: string | null
  readonly cause: Cause
  readonly payload: string
  readonly acceptedAt: EpochMs
  readonly deadlineAt: EpochMs
  /** When it may start; null = now. */
  readonly dueAt: EpochMs | null
  /** The execution that waits for its end. */
  readonly parent: string | null
  readonly journal: readonly string[]
  /** The journal column has room for the journal. */
  readonly inline: boolean
  /** Of an execution that was run before it was accepted. */
  readonly ending?: Ending
}

export type Ending = { readonly status: TerminalStatus; readonly finishNo: number; readonly result: string }

export type Row = {
  readonly seq: number
  readonly pin: number
  readonly state: RowState
  readonly token: number
  readonly progressToken: number
  readonly events: number
  readonly dueAt: EpochMs | null
  readonly deadlineAt: EpochMs
  readonly acceptedAt: EpochMs
  readonly finishNo: number | null
  readonly cause: Cause
  readonly result: string | null
  readonly payload: string
  readonly journal: readonly string[]
}

/** Lines to append, and how many events and which token the row has with them. `inline`: its journal column has room. */
export type JournalChange = {
  readonly token: number
  readonly events: number
  readonly lines: readonly string[]
  readonly inline: boolean
}

/** What the execution index shows of a row. `result` comes without its output, `startedAt` from the first event of its own. */
export type RowHead = Pick<Row, 'seq' | 'pin' | 'state' | 'cause' | 'acceptedAt' | 'result'> & {
  readonly startedAt: EpochMs | null
}

/** Outside facts an execution was told: how many, how long they are together, and the instant of the last. */
export type InboxSize = { readonly entries: number; readonly chars: number; readonly lastAt: EpochMs }

/** What the constructor needs of a row that has not ended. */
export type LiveRow = {
  readonly seq: number
  readonly pin: number
  readonly state: 'live' | 'parked' | 'delayed'
  readonly token: number
  readonly progressToken: number
  readonly events: number
  readonly journalChars: number
  readonly spilled: boolean
  readonly dueAt: EpochMs | null
  readonly deadlineAt: EpochMs
  readonly acceptedAt: EpochMs
  readonly parent: string | null
  readonly concurrencyKey: string | null
  readonly startBy: EpochMs | null
  readonly mail: InboxSize
}

/** Something another execution must hear, at least once. `body` is JSON. */
export type Post = {
  readonly id: number
  /** Id of the execution it is for. */
  readonly target: string
  readonly kind: PostKind
  readonly body: string
  readonly dueAt: EpochMs
  readonly tries: number
}

/**
 * A shard's disk. Every method is synchronous, and all calls inside one `transaction` commit together or not at all.
 * Implemented on SQLite by objects/shard-storage.ts.
 */
export type ShardStore = {
  transaction<T>(work: () => T): T
  loadMeta(): ShardMeta | null
  saveMeta(meta: ShardMeta): void
  saveFlushedThrough(finishNo: number): void
  /** Of a shard that has a meta. */
  saveLoan(loan: Loan): void
  nextSeq(): number
  liveRows(): readonly LiveRow[]
  /** Ended rows the index may not have yet, as `[seq, finishNo]` in finishing order. */
  unflushed(flushedThrough: number): readonly (readonly [number, number])[]

  putRelease(release: ReleaseParts): void
  release(pin: number): ReleaseParts | null
  releasePins(): readonly number[]
  /** Forgets a release unless a row still refers to it; true when it is gone. */
  dropRelease(pin: number): boolean

  insert(row: NewRow): void
  findNonce(nonce: string, sinceAt: EpochMs): { readonly seq: number; readonly acceptedAt: EpochMs } | null
  findKey(hash: string): { readonly seq: number; readonly fingerprint: string; readonly acceptedAt: EpochMs } | null
  insertKey(hash: string, key: { seq: number; fingerprint: string; acceptedAt: EpochMs }): void
  /** Drops the older of the two key tables when the newer one is 8 days old; keys live 8 to 16 days. */
  rotateKeys(now: EpochMs): void

  row(seq: number): Row | null
  rows(seqs: readonly number[]): readonly Row[]
  heads(seqs: readonly number[]): readonly RowHead[]
  raiseToken(seq: number, token: number): void
  append(seq: number, change: JournalChange): void
  /** Appends and parks in one write. */
  park(seq: number, change: JournalChange, dueAt: EpochMs): void
  unpark(seq: number): void
  /** Appends and ends in one write. */
  finish(seq: number, change: JournalChange, ending: Ending): void
  /** Parked and delayed rows whose instant has come. */
  parkedDue(now: EpochMs, limit: number): readonly number[]
  nextParkedDue(): EpochMs | null

  addInbox(seq: number, entry: InboxEntry): void
  inboxEntry(seq: number, kind: InboxEntry['kind'], key: string): InboxEntry | null
  /** In order of arrival, without the first `after`. */
  inbox(seq: number, after: number): readonly InboxEntry[]
  clearInbox(seq: number): void

  addPost(post: Omit<Post, 'id' | 'tries'>): void
  postsDue(now: EpochMs, limit: number): readonly Post[]
  nextPostDue(): EpochMs | null
  /** Another try, not before `dueAt`. */
  postponePost(id: number, dueAt: EpochMs): void
  dropPost(id: number): void

  /** Every block in which a row is stored, oldest first. */
  blockCounts(): readonly (readonly [number, BlockCount])[]
  /** The stored rows of a block, with how long all their texts are together. */
  blockRows(block: number): readonly { readonly seq: number; readonly ended: boolean; readonly chars: number }[]
  markBlock(block: number, writtenAt: EpochMs, stragglers: readonly number[]): void
  isBlockWritten(block: number): boolean
  deleteRows(seqs: readonly number[]): void
}
