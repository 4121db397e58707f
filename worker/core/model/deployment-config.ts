import type { EpochMs } from '../kernel/time'

/** One release as a deployment's config names it; the heavy parts travel as ReleaseParts. */
export type ReleaseSummary = {
  readonly pin: number
  readonly releaseId: string
  readonly versionId: string
  readonly versionNumber: number
  /** `v3` or the custom tag. */
  readonly version: string
  /** Every component pure: many fit in one claim, and a request may run it inline. */
  readonly pure: boolean
  /** May be run inside the request that starts it: no waits, no at_most_once. */
  readonly inline: boolean
  readonly timeoutMs: number
  /** How many executions of one concurrency key may run at once; absent = as many as all others together. */
  readonly concurrency?: number
  /** How many days ended executions are kept; absent = as long as anywhere. */
  readonly retentionDays?: number
  /** Ciphertext of the release's EndpointSpec: triggers with their resolved credentials. */
  readonly endpoint: string
}

export type ShardSplit = { readonly from: number; readonly to: number; readonly at: EpochMs }

/** What a Deployment pushes to its shards and the ingress Worker caches. Compared by `epoch` only. */
export type DeploymentConfig = {
  readonly v: 1
  readonly epoch: number
  readonly organizationId: string
  readonly deploymentId: string
  readonly ref: string
  readonly workflowId: string
  readonly workflowName: string
  readonly environment: string
  readonly environmentId: string
  /** Doorbell lane 0–3. */
  readonly lane: number
  readonly status: 'active' | 'paused' | 'undeployed' | 'placed'
  readonly active: number | null
  /** How many shards take new executions: 1, 4, 16 or 64. */
  readonly shards: number
  /** Set once that number changed: the least and the most it was since keys are remembered, and when it last changed. */
  readonly split?: ShardSplit
  /** What the shard that holds this config may run at once: its share of the deployment's limit. */
  readonly quota: number
  readonly releases: readonly ReleaseSummary[]
}
