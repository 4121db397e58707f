import type { Stores } from '../../ports/stores'
import { createAuditStore } from './audit-store'
import { openDatabase } from './database'
import { createDeadLetterStore } from './dead-letter-store'
import { createDeploymentStore } from './deployment-store'
import { createEnvironmentStore } from './environment-store'
import { createExecutionStore } from './execution-store'
import { createIdempotencyStore } from './idempotency-store'
import { createInvitationStore } from './invitation-store'
import { createKeyStore } from './key-store'
import { createMemberStore } from './member-store'
import { createOrganizationStore } from './organization-store'
import { createProjectStore } from './project-store'
import { createTestPlaceStore } from './test-place-store'
import { createVersionStore } from './version-store'
import { createWorkflowStore } from './workflow-store'

/** Everything one organization keeps in D1. There is no way to reach another's rows through it. */
export function createStores(db: D1Database, { organizationId }: { readonly organizationId: string }): Stores {
  const database = openDatabase(db)
  return {
    organizationId,
    organization: createOrganizationStore(database, organizationId),
    workflows: createWorkflowStore(database, organizationId),
    versions: createVersionStore(database, organizationId),
    deployments: createDeploymentStore(database, organizationId),
    environments: createEnvironmentStore(database, organizationId),
    executions: createExecutionStore(database, organizationId),
    deadLetters: createDeadLetterStore(database, organizationId),
    keys: createKeyStore(database, organizationId),
    projects: createProjectStore(database, organizationId),
    members: createMemberStore(database, organizationId),
    invitations: createInvitationStore(database, organizationId),
    idempotency: createIdempotencyStore(database, organizationId),
    testPlaces: createTestPlaceStore(database, organizationId),
    audit: createAuditStore(database, organizationId),
  }
}
