import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/** Organizations that were deleted and of which something is left; to everybody they are gone. The row goes last. */
export const removedOrganizations = sqliteTable(
  'removed_organizations',
  {
    id: text().primaryKey(),
    removedAt: integer('removed_at').notNull(),
    /** When the sweep last looked. */
    triedAt: integer('tried_at').notNull(),
  },
  (table) => [index('removed_organizations_by_turn').on(table.triedAt)],
)
