import type { JsonObject } from '../kernel/json'
import type { EpochMs } from '../kernel/time'
import type { DeploymentConfig, ReleaseSummary } from '../model/deployment-config'
import type { ExecutionStatus, TerminalStatus } from '../model/execution-status'

/** Why an execution exists; stored with it, shown in its trace. */
export type Cause = {
  readonly type: 'manual' | 'webhook' | 'schedule' | 'workflow'
  readonly triggerId: string | null
  /** Who asked, when a person or key did. */
  readonly actor: { readonly id: string; readonly email: string | null } | null
  readonly replayOf?: string
  /** How many lines its journal had from the execution it repeats when it was accepted. */
  readonly kept?: number
  readonly nominalAt?: EpochMs
  readonly test?: boolean
  /** Outputs that stand in for stages, by id: those stages are not run. Only in tests. */
  readonly mocks?: JsonObject
  /** Words to find it by. */
  readonly tags?: readonly string[]
  /** Executions with the same key share the workflow's concurrency; those without one share another. */
  readonly concurrencyKey?: string
  /** It was not to be started before this; set by the shard that accepts it. */
  readonly startsAt?: EpochMs
  /** It is not worth starting any more after this. */
  readonly startBy?: EpochMs
  /** The caller of its webhook waits for an answer, which a stage may give early. */
  readonly answers?: true
  /** The execution whose `workflow` stage started this one. */
  readonly parent?: ParentLink
  readonly traceparent?: string
  /** Executions that led to this one over the network; absent = none. */
  readonly hops?: number
  /** How a webhook was called, for `trigger.headers` and the like; credentials are left out. */
  readonly request?: RequestContext
}

/** Who started a child, and how deep it lies: the first child has depth 1. */
export type ParentLink = {
  readonly executionId: string
  /** Address of the stage. */
  readonly stage: string
  readonly depth: number
  /** The parent waits for the child's end, and takes it along when it is cancelled. */
  readonly waits: boolean
}

/** What expressions may read of the request that started an execution. */
export type RequestContext = {
  readonly method: string
  readonly headers: JsonObject
  readonly query: JsonObject
}

/** The parts of a release a runner needs. `document` is the workflow as JSON, `environment` ciphertext of `{vars, secrets}`. */
export type ReleaseParts = {
  readonly pin: number
  readonly summary: ReleaseSummary
  readonly document: string
  readonly environment: string
}

export type AcceptRequest = {
  readonly epoch: number
  readonly pin: number
  /** Random per call; a repeated call after a broken answer carries the same one with `retry`. */
  readonly nonce: string
  readonly retry?: boolean
  /** Hash of the sender's idempotency key, and of the body it came with. */
  readonly key?: string
  readonly fingerprint?: string
  /** What chose the shard; absent = chance. */
  readonly home?: string
  readonly cause: Cause
  /** The input, as JSON text. */
  readonly payload: string
  /** Journal to start from (retry from a stage), as event lines. */
  readonly seed?: readonly string[]
  /** Ask for the lease at once, to run inside the request. */
  readonly claim?: boolean
  /** What it came to, where it was run before this call. */
  readonly ran?: Ran
  /** Overrides the release's limit (a webhook's `timeout`). */
  readonly timeoutMs?: number
  /** Not to be started before this much time has passed; no slot is held meanwhile. */
  readonly delayMs?: number
}

/** An execution that touches nothing, run before it was accepted: when that began, its journal and its end. */
export type Ran = Pick<FinishItem, 'events' | 'status' | 'result'> & { readonly at: EpochMs }

export type AcceptAnswer =
  | {
      readonly kind: 'accepted'
      readonly id: string
      readonly duplicate: boolean
      readonly ring: number
      readonly lease?: Work
      /** The end it came with is written. */
      readonly ended?: true
    }
  | { readonly kind: 'stale'; readonly config: DeploymentConfig }
  | { readonly kind: 'need_release' }
  | {
      readonly kind: 'refused'
      readonly code: 'paused' | 'undeployed' | 'key_reused' | 'too_many_live' | 'unknown_shard'
    }

/** A look for a key where it may have been accepted before the number of shards changed. */
export type FindKeyRequest = {
  readonly organizationId: string
  readonly hash: string
  readonly fingerprint: string
  /** The asker's epoch: a shard that has not heard of it might still accept the key. */
  readonly epoch: number
}

export type FindKeyAnswer =
  | { readonly kind: 'found'; readonly id: string }
  | { readonly kind: 'key_reused' }
  | { readonly kind: 'none' }
  | { readonly kind: 'behind' }

/** One execution handed to a runner under a lease. */
export type Work = {
  readonly seq: number
  readonly id: string
  readonly token: number
  readonly pin: number
  /** Number of journaled events, and the events themselves as JSON lines. */
  readonly events: number
  readonly journal: readonly string[]
  readonly payload: string
  readonly cause: Cause
  readonly acceptedAt: EpochMs
  readonly deadlineAt: EpochMs
  readonly inbox: readonly InboxEntry[]
  /** Milliseconds left of the lease and of the execution's own limit, so that no two clocks are compared. */
  readonly remainingMs: number
}

/** `signal`: body `{name, payload, actor}`, key = signal id · `child_finished`: body `{status, output, error}`, key = child's id. */
export type InboxEntry = {
  readonly kind: 'cancel' | 'signal' | 'child_finished'
  readonly key: string
  readonly body: string
  readonly at: EpochMs
}

/** What one execution may have to tell another: that it ended, or that nobody waits for it any more. */
export type PostKind = 'child_finished' | 'child_cancel'

export type SignalRequest = {
  readonly organizationId: string
  readonly seq: number
  readonly name: string
  /** The same for repeats of one signal. */
  readonly signalId: string
  /** JSON text. */
  readonly payload: string
  readonly actor: string | null
}

/** `reused`: another signal has this id · `full`: the execution has more unread mail than it may have. */
export type SignalAnswer = 'recorded' | 'duplicate' | 'reused' | 'terminal' | 'unknown' | 'full'

export type NotifyRequest = {
  readonly organizationId: string
  readonly seq: number
  readonly kind: PostKind
  readonly key: string
  readonly body: string
}

export type NotifyAnswer = 'recorded' | 'duplicate' | 'terminal' | 'unknown'

export type RenewItem = { readonly seq: number; readonly token: number; readonly heard?: number }

export type ClaimRequest = { readonly max: number; readonly have: readonly number[] }

export type ClaimAnswer = {
  readonly work: readonly Work[]
  readonly releases: readonly ReleaseParts[]
  readonly config: DeploymentConfig
  readonly leaseMs: number
  /** How long to wait before claiming again. */
  readonly againAfterMs: number
  readonly ring: number
}

export type CommitItem = {
  readonly seq: number
  readonly token: number
  readonly from: number
  readonly events: readonly string[]
  /** How many entries of the inbox the runner has seen; absent = none. */
  readonly heard?: number
}

export type CommitAnswer = { readonly kind: 'ok'; readonly inbox: readonly InboxEntry[] } | { readonly kind: 'fenced' }

export type ParkItem = CommitItem & { readonly wakeAt: EpochMs }

export type FinishItem = CommitItem & { readonly status: TerminalStatus; readonly result: string }

export type FinishAnswer = { readonly kind: 'ok'; readonly status: TerminalStatus } | { readonly kind: 'fenced' }

/** The execution as its shard knows it: the truth while the row lives. */
export type ExecutionRecord = {
  readonly id: string
  readonly seq: number
  readonly pin: number
  readonly status: ExecutionStatus
  readonly cause: Cause
  readonly payload: string
  readonly acceptedAt: EpochMs
  readonly deadlineAt: EpochMs
  /** JSON of ExecutionResult once terminal. */
  readonly result: string | null
  readonly journal: readonly string[]
  readonly events: number
}

/** What an organization has lent a shard; a later loan has a higher number and counts instead of the earlier one. */
export type Loan = { readonly slots: number; readonly no: number }

export const NO_LOAN: Loan = { slots: 0, no: 0 }

/** A shard needs so many slots in all, and wishes some to go on with; `no` is that of the loan it knows. */
export type LendRequest = {
  readonly organizationId: string
  readonly ref: string
  readonly shard: number
  readonly need: number
  readonly wish: number
  readonly no: number
}

/** A shard is to keep at most so many slots, and no more than so many beyond its need; `no` is that of its latest loan. */
export type ReturnRequest = {
  readonly organizationId: string
  readonly most: number
  readonly ahead: number
  readonly no: number
}

/** What it still holds, by which loan, and how many it needs. */
export type ReturnedSlots = Loan & { readonly need: number }
