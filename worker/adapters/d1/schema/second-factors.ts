import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { users } from './users'

/** The second factor of a user; its secret sealed. It counts once it was confirmed. */
export const secondFactors = sqliteTable('second_factors', {
  userId: text('user_id')
    .primaryKey()
    .references(() => users.id),
  secret: text().notNull(),
  confirmedAt: integer('confirmed_at'),
  /** The newest time step a code was taken for: no code counts twice. */
  lastStep: integer('last_step').notNull(),
  /** Guesses since a code was right. */
  guesses: integer().notNull().default(0),
})
