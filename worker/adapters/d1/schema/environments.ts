import { integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { organizations } from './organizations'

export const environments = sqliteTable(
  'environments',
  {
    id: text().primaryKey(),
    organizationId: text('organization_id')
      .notNull()
      .references(() => organizations.id),
    name: text().notNull(),
    isPrimary: integer('is_primary', { mode: 'boolean' }).notNull(),
    position: integer().notNull(),
    /** Grows with every change of a variable or a secret. */
    revision: integer().notNull(),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [uniqueIndex('environments_by_name').on(table.organizationId, table.name)],
)
