import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, test } from 'vitest'
import { API } from '#core/contract/api'
import { coversScope, ROLE_SCOPES, ROLES, type Role, type Scope } from '#core/contract/scopes'
import type { Operation } from '#core/contract/operation'
import { newKey, newOrganization, send } from '../api/support'

const guarded = Object.entries<Operation>(API).filter(([, { scope }]) => scope !== 'public')

/** What the table says of someone with these scopes, and a role unless it is a key. */
function mayCall({ scope }: Operation, held: readonly string[], role?: Role): boolean {
  if (scope === 'owner') return role === 'owner'
  if (scope === 'member' || scope === 'public') return true
  if (scope === 'deploy:{environment}') return held.some((it) => it.startsWith('deploy:'))
  return coversScope(held, scope)
}

/** A call that gets past the question who may, and no further: it names nothing there is, and what it says has no shape. */
function ask(operation: Operation, headers: Readonly<Record<string, string>>): Promise<Response> {
  const path = operation.path.replace(/\{\w+\}/g, 'none')
  const body = operation.body === undefined ? {} : { body: '{"surprise":1}' }
  return send(path, { method: operation.method, headers, ...body })
}

async function isRefused(answer: Response): Promise<boolean> {
  const text = await answer.text()
  if (answer.status >= 500 || answer.status === 401) throw new Error(text)
  return /"(missing_scope|owner_required)"/.test(text)
}

let owner: Awaited<ReturnType<typeof newOrganization>>
beforeAll(async () => {
  owner = await newOrganization()
})

describe('a role', () => {
  test.each(ROLES)(
    '%s may call exactly what the table of operations and scopes says (A-20, T-13, T-23)',
    async (role) => {
      await env.DB.prepare('UPDATE members SET role = ? WHERE user_id = ?').bind(role, owner.user.id).run()
      const seen: Record<string, boolean> = {}
      const said: Record<string, boolean> = {}
      // Whoever signs out can ask nothing more.
      for (const [name, operation] of guarded.filter(([name]) => name !== 'signOut')) {
        seen[name] = !(await isRefused(await ask(operation, owner.session)))
        said[name] = mayCall(operation, ROLE_SCOPES[role], role)
      }
      expect(seen).toEqual(said)
    },
  )

  test('that was lowered counts with the next call (A-08)', async () => {
    const { session, user } = await newOrganization()
    expect(await isRefused(await ask(API.createKey, session))).toBe(false)
    await env.DB.prepare("UPDATE members SET role = 'viewer' WHERE user_id = ?").bind(user.id).run()
    expect(await isRefused(await ask(API.createKey, session))).toBe(true)
  })
})

describe('a scope of a key', () => {
  const scopes: readonly Scope[] = [...new Set([...ROLE_SCOPES.owner, 'deploy:staging' as const])]

  test.each(scopes)('%s opens the operations that name it, and no other (T-13)', async (scope) => {
    const { session } = await newOrganization()
    const headers = { authorization: `Bearer ${await newKey(session, [scope])}`, 'content-type': 'application/json' }
    const opened = await Promise.all(
      guarded.map(async ([name, operation]) => ((await isRefused(await ask(operation, headers))) ? [] : [name])),
    )
    expect(opened.flat()).toEqual(guarded.flatMap(([name, operation]) => (mayCall(operation, [scope]) ? [name] : [])))
  })
})
