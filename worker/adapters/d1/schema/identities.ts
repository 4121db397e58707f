import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { users } from './users'

/** Accounts people have elsewhere and sign in with here. An identity is what its issuer calls it, never an address. */
export const identities = sqliteTable(
  'identities',
  {
    issuer: text().notNull(),
    subject: text().notNull(),
    id: text().notNull().unique(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id),
    provider: text().notNull(),
    /** As the provider told it last; nothing is looked up by it. */
    email: text().notNull(),
    createdAt: integer('created_at').notNull(),
    usedAt: integer('used_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.issuer, table.subject] }),
    index('identities_by_user').on(table.userId, table.createdAt),
  ],
)
