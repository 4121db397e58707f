import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/** Work that was given up: inserted once, updated once when it is redriven. Ids sort by time. */
export const deadLetters = sqliteTable(
  'dead_letters',
  {
    id: text().primaryKey(),
    organizationId: text('organization_id').notNull(),
    kind: text({ enum: ['poisoned', 'outcome_unknown', 'doorbell'] }).notNull(),
    workflowId: text('workflow_id').notNull(),
    deploymentId: text('deployment_id').notNull(),
    environment: text().notNull(),
    executionId: text('execution_id'),
    shard: integer().notNull(),
    code: text().notNull(),
    message: text().notNull(),
    stage: text(),
    createdAt: integer('created_at').notNull(),
    redrivenAt: integer('redriven_at'),
    redrivenById: text('redriven_by_id'),
    redrivenByEmail: text('redriven_by_email'),
    redrivenExecutionId: text('redriven_execution_id'),
  },
  (table) => [
    index('dead_letters_by_organization').on(table.organizationId, table.id),
    index('dead_letters_by_workflow').on(table.workflowId),
  ],
)
