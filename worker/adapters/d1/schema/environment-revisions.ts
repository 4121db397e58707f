import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { environments } from './environments'

/** Which names a revision changed and who did it; values live in releases, never here. */
export const environmentRevisions = sqliteTable(
  'environment_revisions',
  {
    environmentId: text('environment_id')
      .notNull()
      .references(() => environments.id),
    revision: integer().notNull(),
    kind: text({ enum: ['variable', 'secret'] }).notNull(),
    changedNames: text('changed_names').notNull(),
    createdAt: integer('created_at').notNull(),
    createdById: text('created_by_id').notNull(),
    createdByEmail: text('created_by_email'),
  },
  (table) => [primaryKey({ columns: [table.environmentId, table.revision] })],
)
