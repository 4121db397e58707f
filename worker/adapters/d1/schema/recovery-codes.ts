import { index, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { users } from './users'

/** What opens an account when the second factor is lost, each once; only hashes are kept. */
export const recoveryCodes = sqliteTable(
  'recovery_codes',
  {
    codeHash: text('code_hash').primaryKey(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id),
  },
  (table) => [index('recovery_codes_by_user').on(table.userId)],
)
