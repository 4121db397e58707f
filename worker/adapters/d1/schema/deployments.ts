import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'

/** A projection of what the Deployment objects hold. The row is made (epoch 0, `prepared`) before the first switch. */
export const deployments = sqliteTable(
  'deployments',
  {
    id: text().primaryKey(),
    ref: text().notNull().unique(),
    organizationId: text('organization_id').notNull(),
    workflowId: text('workflow_id').notNull(),
    environmentId: text('environment_id').notNull(),
    environment: text().notNull(),
    status: text({ enum: ['prepared', 'placed', 'active', 'paused', 'undeployed'] }).notNull(),
    epoch: integer().notNull(),
    activeVersionId: text('active_version_id'),
    activeReleaseId: text('active_release_id'),
    /** Environment revision of the active release. */
    activeRevision: integer('active_revision'),
    /** The whole DeploymentSnapshot, null while prepared. */
    snapshot: text(),
    /** Trigger id → slot: a webhook keeps its address over versions. */
    slots: text().notNull(),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
  },
  (table) => [
    uniqueIndex('deployments_by_place').on(table.workflowId, table.environmentId),
    index('deployments_by_organization').on(table.organizationId, table.id),
    index('deployments_by_environment').on(table.environmentId),
  ],
)
