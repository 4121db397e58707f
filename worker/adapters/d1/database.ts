import { drizzle } from 'drizzle-orm/d1'

/** Drizzle over the D1 binding. */
export function openDatabase(db: D1Database) {
  return drizzle(db)
}

export type Database = ReturnType<typeof openDatabase>
