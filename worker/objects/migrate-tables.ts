/** Applies the steps an object has not applied yet, each in one transaction with its number. */
export function migrateTables(storage: DurableObjectStorage, steps: readonly (readonly string[])[]): void {
  const { sql } = storage
  sql.exec('CREATE TABLE IF NOT EXISTS schema_step (step INTEGER PRIMARY KEY)')
  const done = sql.exec<{ step: number | null }>('SELECT max(step) AS step FROM schema_step').one().step ?? 0
  for (const [index, statements] of steps.entries()) {
    if (index + 1 <= done) continue
    storage.transactionSync(() => {
      for (const statement of statements) sql.exec(statement)
      sql.exec('INSERT INTO schema_step (step) VALUES (?)', index + 1)
    })
  }
}
