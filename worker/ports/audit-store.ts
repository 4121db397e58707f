import type { Page, PageQuery } from '#core/contract/page'
import type { EpochMs } from '#core/kernel/time'
import type { ChainedEntry, ChainHead } from '#core/model/audit-chain'
import type { Actor } from '#core/release/wire'

export type AuditEntry = {
  readonly id: string
  readonly at: EpochMs
  readonly actor: Actor
  /** `<noun>.<verb in the past tense>`, such as `key.revoked`. */
  readonly action: string
  /** Id or name of what was changed or read. */
  readonly target: string
  readonly detail?: Readonly<Record<string, unknown>>
}

/** An entry as it is kept. `seq` and `hash` are null only for what was written before there was a chain. */
export type AuditRow = Omit<ChainedEntry, 'seq'> & { readonly seq: number | null; readonly hash: string | null }

export type AuditLink = ChainedEntry & { readonly hash: string }

export type AuditQuery = PageQuery & {
  readonly actorId?: string | undefined
  /** A whole action, or a noun: `key` finds `key.created` and `key.revoked`. */
  readonly action?: string | undefined
  readonly target?: string | undefined
  /** Of these, those about secrets that name this one. */
  readonly secret?: string | undefined
  /** Of these, those about secrets that name this execution. */
  readonly execution?: string | undefined
  readonly fromAt?: EpochMs | undefined
  readonly toAt?: EpochMs | undefined
}

/** Who changed and read what in one organization: a chain that only grows, each entry bound to the one before it. */
export type AuditStore = {
  append(entry: AuditEntry): Promise<void>
  /** Newest first. */
  list(query: AuditQuery): Promise<Page<AuditRow>>
  /** The chain after entry `after`, in its order. */
  links(after: number, limit: number): Promise<readonly AuditLink[]>
  /** Where the chain stands. */
  head(): Promise<ChainHead>
}
