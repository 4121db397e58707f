import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

export const users = sqliteTable('users', {
  id: text().primaryKey(),
  /** Lower case. */
  email: text().notNull().unique(),
  passwordHash: text('password_hash').notNull(),
  /** When the address was proven to be theirs; null until then. */
  emailVerifiedAt: integer('email_verified_at'),
  createdAt: integer('created_at').notNull(),
})
