import { type SQL, type SQLWrapper, sql } from 'drizzle-orm'

/** Whether a column holds one of the values. They travel as one parameter: a statement may have only 100 of them. */
export function isOneOf(column: SQLWrapper, values: readonly string[]): SQL {
  return sql`${column} IN (SELECT value FROM json_each(${JSON.stringify(values)}))`
}
