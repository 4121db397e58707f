import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/** Deployments and test places whose objects and archives are to be emptied; a row goes when nothing is left of them. */
export const purges = sqliteTable(
  'purges',
  {
    ref: text().primaryKey(),
    organizationId: text('organization_id').notNull(),
    workflowId: text('workflow_id').notNull(),
    requestedAt: integer('requested_at').notNull(),
    /** When the sweep last looked: those that wait for an execution's end go to the back of the queue. */
    triedAt: integer('tried_at').notNull(),
  },
  (table) => [index('purges_by_turn').on(table.triedAt)],
)
