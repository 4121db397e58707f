import { sqliteTable, text } from 'drizzle-orm/sqlite-core'

/** How far a sweep got that does not do everything at once. */
export const sweepCursors = sqliteTable('sweep_cursors', { name: text().primaryKey(), after: text().notNull() })
