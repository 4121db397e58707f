import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, test } from 'vitest'
import { compose } from '../../../worker/compose'
import type { Bindings } from '../../../worker/env'
import { ORIGIN } from '../api/support'
import { placesOf } from './places'
import { callOf, newStranger, OPERATIONS } from './stranger'
import { tablesOfOrganizations } from './victim'

const statements = new Set<string>()
/** Operations that got as far as doing what they are for. */
const answered = new Set<string>()

/** The database, with every statement written down. */
const recording = new Proxy(env.DB, {
  get(database, name) {
    if (name === 'prepare')
      return (sql: string) => {
        statements.add(sql.replace(/\s+/g, ' '))
        return database.prepare(sql)
      }
    const member: unknown = Reflect.get(database, name)
    return typeof member === 'function' ? member.bind(database) : member
  },
})

let owned: readonly string[]

beforeAll(async () => {
  const { app } = compose(
    new Proxy(env, {
      get: (bindings, name) => (name === 'DB' ? recording : Reflect.get(bindings, name)),
    }) as unknown as Bindings,
    () => undefined,
  )
  owned = await tablesOfOrganizations()
  const { own, key, session } = await newStranger()
  for (const [name, operation] of OPERATIONS) {
    const places = [{ part: 'query' as const, path: ['-'] }, ...placesOf(operation)]
    for (const place of places) {
      const { path, body } = callOf(operation, own, place, 'production')
      const json = { 'content-type': 'application/json' }
      const isForPeople = ['member', 'owner'].includes(operation.scope) && !operation.path.endsWith('sign-out')
      const headers = isForPeople ? session : { ...json, authorization: `Bearer ${key}` }
      const init = { method: operation.method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }
      const answer = await app.fetch(new Request(ORIGIN + path, init))
      if (answer.status < 300) answered.add(name)
    }
  }
})

/** Tables of organizations a statement names without saying whose rows it means. */
function unbound(sql: string): readonly string[] {
  const says = /organization_id"? (=|in\b)/i.test(sql) || /^insert into [^(]*\([^)]*organization_id/i.test(sql)
  const named = owned.filter((table) => new RegExp(`\\b(from|into|update|join) "?${table}"?\\b`, 'i').test(sql))
  return says ? [] : named
}

/** What is asked before an organization is known: the lookups that find out whose the credentials are. */
const BEFORE = /"?(token_hash|prefix|user_id|id)"? = \?/

describe('the statements of all operations (A-17)', () => {
  test('name an organization wherever a table has one, but for looking up who asks', () => {
    const without = [...statements].filter((sql) => unbound(sql).length > 0)
    expect(answered.size).toBeGreaterThan(OPERATIONS.length / 2)
    expect(without.filter((sql) => !BEFORE.test(sql))).toEqual([])
    const tables = new Set(without.flatMap(unbound))
    expect([...tables].filter((table) => !['api_keys', 'sessions', 'members', 'invitations'].includes(table))).toEqual(
      [],
    )
    process.stdout.write(
      `${statements.size} statements, ${without.length} of them to find out who asks, by ${answered.size} operations\n`,
    )
  })

  test('are found when they do not', () => {
    const [table] = owned
    expect(unbound(`select "id", "organization_id" from "${table}" where "id" = ?`)).toEqual([table])
    expect(unbound(`delete from "${table}"`)).toEqual([table])
    expect(unbound(`update "${table}" set "id" = ? where "organization_id" = ?`)).toEqual([])
  })

  test('hold no value: nothing that was sent stands in their text (T-22)', () => {
    expect([...statements].filter((sql) => /sample|production|own-\d|_[0-9a-z]{20}/.test(sql))).toEqual([])
  })
})
