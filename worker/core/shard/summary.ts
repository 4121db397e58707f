import type { EpochMs } from '../kernel/time'
import type { ExecutionStatus } from '../model/execution-status'

/** One row of the execution index in D1: rebuildable, never the truth of a live execution. */
export type ExecutionSummary = {
  readonly id: string
  readonly organizationId: string
  readonly workflowId: string
  readonly workflowName: string
  readonly deploymentId: string
  readonly environment: string
  readonly version: string
  readonly status: ExecutionStatus
  readonly trigger: string
  readonly triggerId: string | null
  readonly actorId: string | null
  readonly actorEmail: string | null
  readonly acceptedAt: EpochMs
  readonly startedAt: EpochMs | null
  /** It was not to be started before this; null = at once. */
  readonly startsAt: EpochMs | null
  /** It ends by itself if it has not begun by then. */
  readonly expiresAt: EpochMs | null
  readonly endedAt: EpochMs | null
  readonly errorCode: string | null
  readonly errorMessage: string | null
  readonly errorStage: string | null
  readonly test: boolean
  readonly replayOf: string | null
  /** The execution whose `workflow` stage started it. */
  readonly parentExecutionId: string | null
  readonly tags: readonly string[]
  /** Grows with every projection of the same row; an older one never overwrites a newer one. */
  readonly rev: number
}
