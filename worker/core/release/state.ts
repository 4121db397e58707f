import type { EpochMs } from '../kernel/time'
import type { DeploymentConfig, ReleaseSummary, ShardSplit } from '../model/deployment-config'
import type { Actor, DeploymentIdentity, NewRelease } from './wire'

/** What a Deployment object decides from. `pin` is the release's number inside its deployment. */
export type DeploymentState = {
  readonly identity: DeploymentIdentity
  readonly epoch: number
  readonly status: 'active' | 'paused' | 'undeployed' | 'placed'
  readonly active: number | null
  readonly standby: number | null
  /** How many shards were ever opened; never fewer again. */
  readonly shards: number
  /** How many of them take new executions: fewer than were opened when the limit on what may run is smaller. */
  readonly routed: number
  readonly split: ShardSplit | null
  readonly pauseNote: string | null
  readonly activatedAt: EpochMs | null
  readonly activatedBy: Actor | null
}

export type PinnedRelease = NewRelease & { readonly pin: number; readonly createdAt: EpochMs }

/** A release without what only runners need of it. */
export type ReleaseHead = Omit<PinnedRelease, 'document' | 'environment'>

/** What may run at once while nothing is active: a placed release can be tried by its version. */
const QUOTA_PLACED = 10

export function newDeploymentState(identity: DeploymentIdentity): DeploymentState {
  return {
    identity,
    epoch: 0,
    status: 'placed',
    active: null,
    standby: null,
    shards: 1,
    routed: 1,
    split: null,
    pauseNote: null,
    activatedAt: null,
    activatedBy: null,
  }
}

export function summarize(release: ReleaseHead): ReleaseSummary {
  const { pin, releaseId, versionId, versionNumber, version, pure, inline, timeoutMs, endpoint } = release
  const { concurrency, retentionDays } = release
  const limits = {
    ...(concurrency !== undefined && { concurrency }),
    ...(retentionDays !== undefined && { retentionDays }),
  }
  return { pin, releaseId, versionId, versionNumber, version, pure, inline, timeoutMs, ...limits, endpoint }
}

/** How many executions a deployment may run at once, over all its shards. */
export function limitOf(active: ReleaseHead | null): number {
  return active?.quota ?? QUOTA_PLACED
}

/** What shards and the ingress Worker must know of a state; `quota` is the whole limit, to be shared out by allotQuotas. */
export function configOf(state: DeploymentState, active: ReleaseHead | null): DeploymentConfig {
  return {
    v: 1,
    ...state.identity,
    epoch: state.epoch,
    status: state.status,
    active: state.active,
    shards: state.routed,
    ...(state.split !== null && { split: state.split }),
    quota: limitOf(active),
    releases: active === null ? [] : [summarize(active)],
  }
}
