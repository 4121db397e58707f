import { readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { root } from './cruise'
import { plant } from './plant'
import { storedNames, unwritten } from './stored-names'

describe('what is stored is written down', () => {
  test('the page names every table and every column of the objects, and every table of D1', () => {
    const page = readFileSync(path.join(root, 'docs/design/storage.md'), 'utf8')
    expect(unwritten(page, storedNames(root))).toEqual([])
  })

  test('a table or a column that the page leaves out is found', () => {
    const tree = plant({
      'worker/objects/new-tables.ts':
        'sql(`CREATE TABLE kept (id INTEGER PRIMARY KEY CHECK (id = 1), "limit" INTEGER,\n  lost TEXT, PRIMARY KEY (id, lost)) WITHOUT ROWID`)\n' +
        'sql(`CREATE TABLE gone (id TEXT)`)\n',
      'worker/adapters/d1/schema/users.ts': "export const users = sqliteTable('users', {})\n",
    })
    const names = storedNames(tree)
    rmSync(tree, { recursive: true })
    expect(names).toEqual(['kept', 'kept.id', 'kept.limit', 'kept.lost', 'gone', 'gone.id', 'users'])
    const page = '| table | columns |\n| `kept` | `id` `limit` |\n| `other` | `lost` |\n'
    expect(unwritten(page, names)).toEqual(['kept.lost', 'gone', 'gone.id', 'users'])
  })
})
