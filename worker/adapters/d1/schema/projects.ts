import { integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { organizations } from './organizations'

/** A folder of workflows. Every organization has `default`, which is open to all members. */
export const projects = sqliteTable(
  'projects',
  {
    id: text().primaryKey(),
    organizationId: text('organization_id')
      .notNull()
      .references(() => organizations.id),
    name: text().notNull(),
    /** Whether only its own members see what is in it. */
    isRestricted: integer('is_restricted', { mode: 'boolean' }).notNull(),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [uniqueIndex('projects_by_name').on(table.organizationId, table.name)],
)
