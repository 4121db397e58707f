import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

const CREATE = /CREATE TABLE (?:IF NOT EXISTS )?([a-z_0-9]+) \(([\s\S]*?)\)(?: WITHOUT ROWID)?[`']/g
const D1_TABLE = /sqliteTable\(\s*'([a-z_]+)'/g

/** Every table and column of the objects, and every table of D1, as the sources write them: `table` or `table.column`. */
export function storedNames(tree: string): readonly string[] {
  const objects = path.join(tree, 'worker/objects')
  const sources = readdirSync(objects).filter((name) => name.endsWith('-tables.ts'))
  const ours = sources.flatMap((name) =>
    [...readFileSync(path.join(objects, name), 'utf8').matchAll(CREATE)].flatMap(([, table = '', body = '']) => [
      table,
      ...columnsOf(body).map((column) => `${table}.${column}`),
    ]),
  )
  const schema = path.join(tree, 'worker/adapters/d1/schema')
  const d1 = readdirSync(schema).flatMap((name) =>
    [...readFileSync(path.join(schema, name), 'utf8').matchAll(D1_TABLE)].map(([, table = '']) => table),
  )
  return [...new Set([...ours, ...d1])]
}

/** First words of what stands between commas outside of parentheses; table constraints are no columns. */
function columnsOf(body: string): readonly string[] {
  const flat = body.replaceAll(/\([^()]*\)/g, '')
  const words = flat.split(',').map((part) => /^\s*"?(\w+)/.exec(part)?.[1] ?? '')
  return words.filter((word) => word !== '' && word !== 'PRIMARY')
}

/** Those of the names that a page does not write: a column has to stand in a row of its table. */
export function unwritten(page: string, names: readonly string[]): readonly string[] {
  const rows = page.split('\n').filter((line) => line.startsWith('|') || line.includes('schema_step'))
  return names.filter((name) => {
    const [table, column] = name.split('.')
    const own = rows.filter((row) => column === undefined || headOf(row).includes(`\`${table}\``))
    return !own.some((row) => row.includes(`\`${column ?? table}\``))
  })
}

function headOf(row: string): string {
  return row.startsWith('|') ? (row.split('|')[1] ?? '') : row
}
