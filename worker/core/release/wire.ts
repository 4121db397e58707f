import type { EpochMs } from '../kernel/time'

/** Who did something: a member or an API key. */
export type Actor = { readonly id: string; readonly email: string | null }

/** What a deployment is, fixed when it is first made. */
export type DeploymentIdentity = {
  readonly organizationId: string
  readonly deploymentId: string
  readonly ref: string
  readonly workflowId: string
  readonly workflowName: string
  readonly environment: string
  readonly environmentId: string
  readonly lane: number
  /** Where drafts are tried out: nothing of it is projected. */
  readonly test?: true
}

/** A schedule trigger of a release. */
export type ScheduleSpec = {
  readonly triggerId: string
  readonly cron: string
  readonly timezone: string
  readonly enabled: boolean
  readonly description: string | null
  /** JSON text given to the execution as input. */
  readonly payload: string
}

/** (version, environment revision) with everything a shard and a runner need of it. */
export type NewRelease = {
  readonly releaseId: string
  readonly versionId: string
  readonly versionNumber: number
  readonly version: string
  readonly digest: string
  readonly environmentRevision: number
  readonly endpoint: string
  readonly document: string
  readonly environment: string
  readonly pure: boolean
  readonly inline: boolean
  readonly timeoutMs: number
  readonly quota: number
  /** As written; absent = unlimited. */
  readonly concurrency?: number
  /** As written; absent = the default. */
  readonly retentionDays?: number
  readonly schedules: readonly ScheduleSpec[]
  readonly webhooks: readonly {
    readonly triggerId: string
    readonly slot: number
    readonly method: readonly string[]
  }[]
  readonly releaseNotes: string | null
  readonly gitCommit: string | null
}

export type ReleaseCause = 'deploy' | 'promote' | 'rollback' | 'activate' | 'config'

export type Change =
  /** Stores the release and makes it active. */
  | { readonly kind: 'switch'; readonly release: NewRelease; readonly cause: ReleaseCause; readonly reason?: string }
  /** Makes an earlier release active again. */
  | {
      readonly kind: 'restore'
      readonly releaseId: string
      readonly cause: 'rollback' | 'activate'
      readonly reason?: string
    }
  /** Stores the release; it takes no traffic (autoActivate: false). */
  | { readonly kind: 'place'; readonly release: NewRelease }
  | { readonly kind: 'pause'; readonly note: string | null }
  | { readonly kind: 'resume' }
  | { readonly kind: 'undeploy' }
  /** More shards; never fewer. */
  | { readonly kind: 'scale'; readonly shards: number }

export type ActivateRequest = {
  readonly idempotencyKey: string
  readonly identity: DeploymentIdentity
  readonly expectEpoch?: number
  readonly actor: Actor
  readonly change: Change
}

export type ActivateAnswer =
  | {
      readonly kind: 'done'
      readonly epoch: number
      readonly releaseId: string | null
      readonly shardsPending: readonly number[]
      readonly snapshot: DeploymentSnapshot
    }
  | { readonly kind: 'superseded'; readonly epoch: number }
  | { readonly kind: 'unknown_release' }
  | { readonly kind: 'not_deployed' }
  | { readonly kind: 'cannot_shrink' }

export type ReleaseRecord = {
  readonly releaseId: string
  readonly pin: number
  readonly versionId: string
  readonly versionNumber: number
  readonly version: string
  readonly digest: string
  readonly environmentRevision: number
  readonly createdAt: EpochMs
}

/** A change made before, asked for by its key. */
export type RecalledChange = { readonly release: ReleaseRecord; readonly from: string | null }

/** One line of a deployment's history: every switch, newest first. */
export type HistoryEntry = {
  readonly releaseId: string
  readonly kind: ReleaseCause
  readonly version: string
  readonly from: string | null
  readonly at: EpochMs
  readonly by: Actor
  readonly releaseNotes: string | null
  readonly gitCommit: string | null
  readonly reason: string | null
}

export type ScheduleState = {
  readonly triggerId: string
  readonly cron: string
  readonly timezone: string
  readonly enabled: boolean
  readonly nextFireAt: EpochMs | null
  readonly lastFireAt: EpochMs | null
}

/** What is live, as the Deployment object knows it. */
export type DeploymentSnapshot = {
  readonly identity: DeploymentIdentity
  readonly epoch: number
  readonly status: 'active' | 'paused' | 'undeployed' | 'placed'
  readonly pauseNote: string | null
  readonly active: (ReleaseRecord & { readonly activatedAt: EpochMs; readonly activatedBy: Actor }) | null
  readonly previous: ReleaseRecord | null
  readonly webhooks: readonly {
    readonly triggerId: string
    readonly slot: number
    readonly method: readonly string[]
  }[]
  readonly schedules: readonly ScheduleState[]
  readonly activeExecutions: number
  readonly shards: number
  readonly shardsPending: readonly number[]
}
