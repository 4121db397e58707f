import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/** Sign-ins with a provider that are under way, each good for one step. What they are about is in the browser's cookie. */
export const signInFlows = sqliteTable(
  'sign_in_flows',
  { hash: text().primaryKey(), expiresAt: integer('expires_at').notNull() },
  (table) => [index('sign_in_flows_by_end').on(table.expiresAt)],
)
