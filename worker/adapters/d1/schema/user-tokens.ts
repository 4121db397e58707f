import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { users } from './users'

/** What was mailed to a user to prove something with, once. Only a hash of it is kept. */
export const userTokens = sqliteTable(
  'user_tokens',
  {
    tokenHash: text('token_hash').primaryKey(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id),
    purpose: text({ enum: ['verify_email', 'reset_password'] }).notNull(),
    expiresAt: integer('expires_at').notNull(),
  },
  (table) => [index('user_tokens_by_user').on(table.userId, table.purpose)],
)
