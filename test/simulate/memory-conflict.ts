/** What SQLite says of a row that is there already. */
export function conflict(...columns: readonly string[]): Error {
  return new Error(`UNIQUE constraint failed: ${columns.join(', ')}: SQLITE_CONSTRAINT`)
}
