import { isNotNull } from 'drizzle-orm'
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/**
 * The execution index: one row an execution, newest last because ids sort by time.
 * Made by a migration of its own, WITHOUT ROWID, which drizzle-kit cannot express: every row and index entry is
 * written once per execution and paid for, so the table is its own primary key.
 */
export const executions = sqliteTable(
  'executions',
  {
    organizationId: text('organization_id').notNull(),
    id: text().notNull(),
    workflowId: text('workflow_id').notNull(),
    workflowName: text('workflow_name').notNull(),
    deploymentId: text('deployment_id').notNull(),
    environment: text().notNull(),
    version: text().notNull(),
    status: text().notNull(),
    trigger: text().notNull(),
    triggerId: text('trigger_id'),
    actorId: text('actor_id'),
    actorEmail: text('actor_email'),
    acceptedAt: integer('accepted_at').notNull(),
    startedAt: integer('started_at'),
    endedAt: integer('ended_at'),
    errorCode: text('error_code'),
    errorMessage: text('error_message'),
    errorStage: text('error_stage'),
    isTest: integer('is_test', { mode: 'boolean' }).notNull(),
    replayOf: text('replay_of'),
    parentExecutionId: text('parent_execution_id'),
    /** JSON list of words. */
    tags: text().notNull().default('[]'),
    startsAt: integer('starts_at'),
    expiresAt: integer('expires_at'),
    rev: integer().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.id] }),
    index('executions_by_workflow').on(table.workflowId, table.id),
    // Its entries end with the primary key by themselves; spelled out, SQLite prefers to walk the whole organization.
    index('executions_by_parent').on(table.parentExecutionId).where(isNotNull(table.parentExecutionId)),
  ],
)
