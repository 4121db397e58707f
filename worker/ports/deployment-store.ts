import type { Page, PageQuery } from '#core/contract/page'
import type { EpochMs } from '#core/kernel/time'
import type { DeploymentSnapshot } from '#core/release/wire'

export type DeploymentRow = {
  readonly id: string
  readonly ref: string
  readonly workflowId: string
  readonly environmentId: string
  readonly environment: string
  readonly status: 'prepared' | 'placed' | 'active' | 'paused' | 'undeployed'
  readonly epoch: number
  /** Null while prepared. */
  readonly snapshot: DeploymentSnapshot | null
  /** Trigger id → slot of its webhook address. */
  readonly slots: Readonly<Record<string, number>>
  /** Whether the last execution that ended did not complete. */
  readonly isErroring: boolean
  /** Whether a value the live version names was changed after its release was made. */
  readonly isConfigurationStale: boolean
}

export type NewDeployment = {
  readonly id: string
  readonly ref: string
  readonly workflowId: string
  readonly environmentId: string
  readonly environment: string
  readonly at: EpochMs
}

export type DeploymentQuery = PageQuery & {
  readonly workflowId?: string | undefined
  readonly environment?: string | undefined
  readonly workflowIds?: readonly string[] | undefined
  readonly environments?: readonly string[] | undefined
}

/** The projected deployments of one organization. */
export type DeploymentStore = {
  find(id: string): Promise<DeploymentRow | null>
  findByPlace(workflowId: string, environmentId: string): Promise<DeploymentRow | null>
  /** The deployment of that place: the given one, or the one that was there already. */
  prepare(row: NewDeployment): Promise<DeploymentRow>
  /** False when somebody else changed the slots in between. */
  replaceSlots(id: string, from: DeploymentRow['slots'], to: DeploymentRow['slots']): Promise<boolean>
  /** Prepared ones are left out. */
  list(query: DeploymentQuery): Promise<Page<DeploymentRow>>
  listByWorkflow(workflowId: string): Promise<readonly DeploymentRow[]>
  /** Has everything of a deleted workflow removed by the sweep, test places included. */
  requestPurge(workflowId: string, at: EpochMs): Promise<void>
  /** The same for everything of the organization. */
  requestPurgeOfAll(at: EpochMs): Promise<void>
  /** Those that may take calls or start by themselves. */
  listLive(limit: number): Promise<readonly DeploymentRow[]>
  listByEnvironment(environmentId: string): Promise<readonly DeploymentRow[]>
}
