import type { ReleaseSummary } from '#core/model/deployment-config'
import type { Delivery } from '#core/model/delivery'
import type { DeliveryPage, DeliveryQuery } from '#core/release/select-deliveries'
import type {
  ActivateAnswer,
  ActivateRequest,
  DeploymentSnapshot,
  HistoryEntry,
  RecalledChange,
  ReleaseRecord,
} from '#core/release/wire'
import type { PurgeAnswer } from './shards'

/** The Deployment object of one `ref`: the only writer of what is live. Foreign organizations get null. */
export type DeploymentHandle = {
  activate(request: ActivateRequest): Promise<ActivateAnswer>
  /** The change made under a key, as long as it is remembered: the release it chose, and the version that was live before. */
  recall(wish: { organizationId: string; idempotencyKey: string }): Promise<RecalledChange | null>
  status(scope: { organizationId: string }): Promise<DeploymentSnapshot | null>
  history(scope: { organizationId: string }): Promise<readonly HistoryEntry[] | null>
  /** Gives a shard a release it lacks; false when the deployment has no such release. */
  provide(request: { pin: number; shard: number }): Promise<boolean>
  /**
   * Opens more shards because one of `shards` has too much to do; asked again by another of them it changes nothing.
   * Answers how many there are.
   */
  grow(wish: { organizationId: string; shards: number }): Promise<number>
  poke(): Promise<void>
  /** Tells the index again how it stands; answers whose shards there are, and how many. */
  reindex(): Promise<{ organizationId: string; shards: number } | null>
  /** Empties the deployment's shards and then itself, for good. */
  purge(request: { organizationId: string; mayCancel: boolean }): Promise<PurgeAnswer>
  /** Remembers calls of its webhooks; answers how many it was told of. What belongs to nobody is not remembered. */
  addDeliveries(told: { organizationId: string; deliveries: readonly Delivery[] }): Promise<number>
  deliveries(wish: { organizationId: string; query: DeliveryQuery }): Promise<DeliveryPage | null>
  delivery(wish: { organizationId: string; id: string }): Promise<Delivery | null>
  /** Every release ever stored, newest first. */
  releases(scope: { organizationId: string }): Promise<readonly (ReleaseRecord & ReleaseSummary)[] | null>
}

export type Deployments = (ref: string) => DeploymentHandle
