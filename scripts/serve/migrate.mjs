import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { root } from '../bootstrap/root.mjs'

const ledger = `CREATE TABLE IF NOT EXISTS d1_migrations(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT UNIQUE,
  applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
)`

/** Applies the missing migrations in order, each whole or not at all, in the same ledger as `wrangler d1 migrations`. */
export async function migrate(database, folder = path.join(root, 'migrations')) {
  if (!existsSync(folder)) return
  await database.prepare(ledger).run()
  const { results } = await database.prepare('SELECT name FROM d1_migrations').all()
  const applied = new Set(results.map(({ name }) => name))
  const missing = readdirSync(folder).filter((name) => name.endsWith('.sql') && !applied.has(name))
  for (const name of missing.sort()) {
    const statements = readFileSync(path.join(folder, name), 'utf8').split('--> statement-breakpoint')
    await database.batch([
      ...statements.filter((sql) => sql.trim()).map((sql) => database.prepare(sql)),
      database.prepare('INSERT INTO d1_migrations (name) VALUES (?)').bind(name),
    ])
  }
}
