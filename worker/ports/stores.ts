import type { AuditStore } from './audit-store'
import type { DeadLetterStore } from './dead-letter-store'
import type { DeploymentStore } from './deployment-store'
import type { EnvironmentStore } from './environment-store'
import type { ExecutionStore } from './execution-store'
import type { IdempotencyStore } from './idempotency-store'
import type { InvitationStore } from './invitation-store'
import type { KeyStore } from './key-store'
import type { MemberStore } from './member-store'
import type { OrganizationStore } from './organization-store'
import type { ProjectStore } from './project-store'
import type { TestPlaceStore } from './test-place-store'
import type { VersionStore } from './version-store'
import type { WorkflowStore } from './workflow-store'

/** Everything one organization keeps in D1. No method takes an organization: it was given when they were made. */
export type Stores = {
  readonly organizationId: string
  readonly organization: OrganizationStore
  readonly workflows: WorkflowStore
  readonly versions: VersionStore
  readonly deployments: DeploymentStore
  readonly environments: EnvironmentStore
  readonly executions: ExecutionStore
  readonly deadLetters: DeadLetterStore
  readonly keys: KeyStore
  readonly members: MemberStore
  readonly projects: ProjectStore
  readonly invitations: InvitationStore
  readonly idempotency: IdempotencyStore
  readonly testPlaces: TestPlaceStore
  readonly audit: AuditStore
}
