import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/** Objects in which drafts are tried out: kept so that the sweep finds them, and shown to nobody. */
export const testPlaces = sqliteTable(
  'test_places',
  {
    ref: text().primaryKey(),
    organizationId: text('organization_id').notNull(),
    workflowId: text('workflow_id').notNull(),
    environmentId: text('environment_id').notNull(),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [index('test_places_by_workflow').on(table.workflowId)],
)
