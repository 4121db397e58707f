import type { WebhookResponse } from '#core/components/context'
import type { EpochMs } from '#core/kernel/time'
import type { DeploymentConfig } from '#core/model/deployment-config'
import type {
  AcceptAnswer,
  AcceptRequest,
  ClaimAnswer,
  ClaimRequest,
  CommitAnswer,
  CommitItem,
  ExecutionRecord,
  FindKeyAnswer,
  FindKeyRequest,
  FinishAnswer,
  FinishItem,
  NotifyAnswer,
  NotifyRequest,
  ParkItem,
  ReleaseParts,
  RenewItem,
  ReturnedSlots,
  ReturnRequest,
  SignalAnswer,
  SignalRequest,
} from '#core/shard/wire'

export type PeekAnswer =
  | {
      readonly status: ExecutionRecord['status']
      readonly result: string | null
      /** What a stage answered whoever called the webhook. */
      readonly response: WebhookResponse | null
    }
  | { readonly archived: string }

/** `busy`: its end is not in the index yet. */
export type EraseAnswer = 'erased' | 'live' | 'busy' | 'unknown'

/** What is left after a call that empties: executions that have not ended, or more than one call could remove. */
export type PurgeAnswer = 'nothing' | 'live' | 'more'

/** One execution shard as the Worker sees it (architecture 4.3). Every answer is durable when it arrives. */
export type ShardHandle = {
  accept(request: AcceptRequest): Promise<AcceptAnswer>
  /** Several at once, each by itself; answers in their order. */
  acceptMany(request: { requests: readonly AcceptRequest[] }): Promise<readonly AcceptAnswer[]>
  /** Whether a key was accepted here before the number of shards changed. */
  findKey(request: FindKeyRequest): Promise<FindKeyAnswer>
  claim(request: ClaimRequest): Promise<ClaimAnswer>
  commit(request: { items: readonly CommitItem[] }): Promise<readonly CommitAnswer[]>
  renew(request: { items: readonly RenewItem[] }): Promise<readonly CommitAnswer[]>
  park(request: { items: readonly ParkItem[] }): Promise<readonly CommitAnswer[]>
  finish(request: { items: readonly FinishItem[] }): Promise<readonly FinishAnswer[]>
  cancel(request: {
    organizationId: string
    seq: number
    reason: string
    actor: string | null
  }): Promise<'recorded' | 'terminal' | 'unknown'>
  /** Gives slots back to the organization; answers what it still holds. Null = nothing of this organization is here. */
  giveBack(request: ReturnRequest): Promise<ReturnedSlots | null>
  /** Keeps a signal for an execution, which hears it at once or when it next waits for one. */
  signal(request: SignalRequest): Promise<SignalAnswer>
  /** What another execution has to tell one of this shard. */
  notify(request: NotifyRequest): Promise<NotifyAnswer>
  read(request: {
    organizationId: string
    seq: number
  }): Promise<
    { record: ExecutionRecord; release: ReleaseParts; config: DeploymentConfig } | { archived: string } | null
  >
  /** How an execution stands; its block's key once it has left the shard. */
  peek(request: { organizationId: string; seq: number }): Promise<PeekAnswer | null>
  /** A stored release, or null when the shard has none of that number. */
  release(request: { organizationId: string; pin: number }): Promise<ReleaseParts | null>
  /** Config of the deployment, or null for a shard that was never opened. */
  config(): Promise<DeploymentConfig | null>
  push(request: {
    config: DeploymentConfig
    releases: readonly ReleaseParts[]
  }): Promise<{ epoch: number; running: number; waiting: number }>
  /** Removes an ended execution wherever it is kept. */
  erase(request: { organizationId: string; id: string }): Promise<EraseAnswer>
  /** Tells the index again what it was told since then, from a block on; answers the block to go on with, or null. */
  reindex(request: { organizationId: string; sinceAt: EpochMs; from: number }): Promise<number | null>
  /** Empties the shard and what it archived, for good. */
  purge(request: { organizationId: string; mayCancel: boolean }): Promise<PurgeAnswer>
  poke(): Promise<void>
}

export type Shards = (ref: string, shard: number) => ShardHandle
