import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { deployed } from './deployed'
import { ALL_SCOPES, clientWith, newKey, newOrganization, sampleDefinition, send } from './support'

const DAY_MS = 86_400_000
const bearer = (key: string) => ({ authorization: `Bearer ${key}`, 'content-type': 'application/json' })

/** What somebody asks about keys, and what a key is told. */
const by = (headers: Record<string, string>) => {
  const post = async (path: string, body: object) =>
    (await send(path, { method: 'POST', headers, body: JSON.stringify(body) })).json()
  return {
    make: (more: object) => post('/v1/keys', { name: 'x', scopes: ['workflows:read'], ...more }),
    rotate: (id: string) => post(`/v1/keys/${id}/rotate`, {}),
    status: async (key: string) => (await send('/v1/me', { headers: bearer(key) })).status,
  }
}

/** The row of a key in the list of its organization. */
async function listed(session: Record<string, string>, key: string) {
  type Item = { id: string; prefix: string; rotateBy: string; createdAt: string; lastUsedAt: string | null }
  const answer = await send('/v1/keys', { headers: session })
  const { items } = await answer.json<{ items: (Item & { warnings: string[] })[] }>()
  const item = items.find(({ prefix }) => key.startsWith(prefix))
  if (item === undefined) throw new Error('The key is not in the list.')
  return item
}

describe('an API key', () => {
  test('with a wrong checksum is refused, and no statement is made for it (A-01)', async () => {
    const { key } = await newOrganization()
    const wrong = `${key.slice(0, -6)}${key.endsWith('000000') ? '000001' : '000000'}`
    // Had it been looked up, the row it names would have been found, and touched.
    await env.DB.prepare('UPDATE api_keys SET last_used_at = NULL').run()
    const answer = await send('/v1/me', { headers: bearer(wrong) })
    expect(answer.status).toBe(401)
    const used = 'SELECT last_used_at AS at FROM api_keys WHERE prefix = ?'
    expect(await env.DB.prepare(used).bind(key.slice(0, 11)).first()).toEqual({ at: null })
  })

  test('that was revoked is refused at once where it was revoked, and never comes back (A-02)', async () => {
    const { session, key } = await newOrganization()
    const { id } = await listed(session, key)
    expect((await send('/v1/me', { headers: bearer(key) })).status).toBe(200)
    expect((await send(`/v1/keys/${id}`, { method: 'DELETE', headers: session })).status).toBe(204)
    expect((await send('/v1/me', { headers: bearer(key) })).status).toBe(401)
    const again = await send(`/v1/keys/${id}/rotate`, { method: 'POST', headers: session, body: '{}' })
    expect(again.status).toBe(404)
  })

  test.each(['?key=', '?api_key=', '?x=1&access_token='])(
    'in an address (%s) is refused, whoever else proves to call, and is not repeated (A-03)',
    async (query) => {
      const { key } = await newOrganization()
      for (const headers of [{}, bearer(key)]) {
        const answer = await send(`/v1/workflows${query}${key}`, { headers })
        expect(answer.status).toBe(401)
        const text = await answer.text()
        expect(text).toContain('never into an address')
        expect(text).not.toContain(key)
      }
    },
  )

  test('is not made without credentials, whoever the body says it is for (A-10, T-29)', async () => {
    const { organizationId, userId } = await idsOf(await newOrganization())
    const headers = { 'content-type': 'application/json' }
    const body = { name: 'x', scopes: ['workflows:read'] }
    for (const claim of [{}, { userId }, { organizationId }, { tenantId: organizationId, createdBy: userId }]) {
      const answer = await send('/v1/keys', { method: 'POST', headers, body: JSON.stringify({ ...body, ...claim }) })
      expect(answer.status).toBe(401)
    }
  })

  test('is made for its maker and their organization, whatever else the body says (A-10, A-13, T-14)', async () => {
    const { session } = await newOrganization()
    const { organizationId, userId } = await idsOf(await newOrganization())
    for (const claim of [
      { userId },
      { organizationId },
      { createdBy: userId },
      { lastUsedAt: null },
      { prefix: 'mr_' },
    ]) {
      const body = JSON.stringify({ name: 'x', scopes: ['workflows:read'], ...claim })
      expect((await send('/v1/keys', { method: 'POST', headers: session, body })).status).toBe(422)
    }
  })

  test('ends when it expires, and is not rotated after that', async () => {
    const { session } = await newOrganization()
    const key = await newKey(session, ['workflows:read'], { expiresAt: new Date(Date.now() + 60_000).toISOString() })
    const { id } = await listed(session, key)
    await env.DB.prepare('UPDATE api_keys SET expires_at = ? WHERE id = ?')
      .bind(Date.now() - 1, id)
      .run()
    expect((await send('/v1/me', { headers: bearer(key) })).status).toBe(401)
    const rotated = await send(`/v1/keys/${id}/rotate`, { method: 'POST', headers: session, body: '{}' })
    expect(await rotated.json()).toMatchObject({ status: 409, code: 'key_expired' })
    const past = JSON.stringify({ name: 'x', scopes: ['workflows:read'], expiresAt: '2020-01-01T00:00:00Z' })
    expect((await send('/v1/keys', { method: 'POST', headers: session, body: past })).status).toBe(422)
  })

  test('lives on after its rotation for as long as was said, never longer than it would have', async () => {
    const { session } = await newOrganization()
    const expiresAt = new Date(Date.now() + 30_000).toISOString()
    const key = await newKey(session, ['workflows:read'], { expiresAt })
    const { id } = await listed(session, key)
    const body = JSON.stringify({ overlapSeconds: 3_600 })
    const rotated = await send(`/v1/keys/${id}/rotate`, { method: 'POST', headers: session, body })
    expect(await rotated.json()).toMatchObject({ expiresAt, scopes: ['workflows:read'] })
    expect(await listed(session, key)).toMatchObject({ expiresAt })
    expect((await send('/v1/me', { headers: bearer(key) })).status).toBe(200)
  })

  test('says when it was used, when it should be rotated, and that it is time (S89)', async () => {
    const { session } = await newOrganization()
    const key = await newKey(session, ['workflows:read'])
    const young = await listed(session, key)
    expect(young).toMatchObject({ lastUsedAt: null, warnings: [] })
    expect(Date.parse(young.rotateBy) - Date.parse(young.createdAt)).toBe(90 * DAY_MS)
    await send('/v1/workflows', { headers: bearer(key) })
    expect((await listed(session, key)).lastUsedAt).not.toBeNull()
    const aged = 'UPDATE api_keys SET created_at = ?, expires_at = ? WHERE id = ?'
    const now = Date.now()
    await env.DB.prepare(aged)
      .bind(now - 91 * DAY_MS, now + DAY_MS, young.id)
      .run()
    expect(await listed(session, key)).toMatchObject({ warnings: ['old', 'expiring'] })
    await env.DB.prepare('UPDATE api_keys SET last_used_at = NULL WHERE id = ?').bind(young.id).run()
    expect(await listed(session, key)).toMatchObject({ warnings: ['old', 'expiring', 'unused'] })
  })

  test('needs no X-Organization-ID; one that names another organization is refused, for sessions too (S129, S130)', async () => {
    const { session, key } = await newOrganization()
    const other = await idsOf(await newOrganization())
    const own = await idsOf({ session })
    for (const credentials of [bearer(key), session]) {
      const ask = (id?: string) =>
        send('/v1/workflows', { headers: { ...credentials, ...(id === undefined ? {} : { 'x-organization-id': id }) } })
      expect((await ask()).status).toBe(200)
      expect((await ask(own.organizationId)).status).toBe(200)
      for (const claimed of [other.organizationId, '', 'org_nobody', own.organizationId.toUpperCase()]) {
        const refused = await ask(claimed)
        expect(await refused.json()).toMatchObject({ status: 403, code: 'organization_mismatch' })
      }
    }
  })

  test('with deploy:staging deploys to staging and nowhere else (S169)', async () => {
    const { session, workflowId } = await deployed()
    const key = await newKey(session, ['deploy:staging', 'workflows:read'])
    const deploy = (environment: string) => clientWith(key).deployWorkflow({ body: { workflowId, environment } })
    expect(await deploy('staging')).toMatchObject({ ok: true })
    for (const environment of ['production', 'development', 'stagin', '*', 'Staging']) {
      expect(await deploy(environment)).toMatchObject({ ok: false, status: 403, problem: { code: 'missing_scope' } })
    }
  })
})

describe('a key for what is not there is refused', () => {
  const make = async (headers: Record<string, string>, wish: object) => {
    const body = JSON.stringify({ name: 'x', scopes: ['workflows:read'], ...wish })
    return (await send('/v1/keys', { method: 'POST', headers, body })).json<{ issues: object[] }>()
  }

  test('with an issue for every misspelt environment, also in scopes', async () => {
    const { session } = await newOrganization()
    const scopes = ['deploy:*', 'deploy:stagin', 'deploy:staging']
    const answer = await make(session, { scopes, environments: ['staging', 'prodution', 'moon'] })
    expect(answer).toMatchObject({ status: 422, code: 'request_invalid', detail: "There is no environment 'stagin'" })
    const unknown = { code: 'unknown_environment', severity: 'error' }
    expect(answer.issues).toEqual([
      {
        ...unknown,
        path: '/scopes/1',
        message: "There is no environment 'stagin'",
        hint: "Did you mean 'deploy:staging'?",
      },
      {
        ...unknown,
        path: '/environments/1',
        message: "There is no environment 'prodution'",
        hint: "Did you mean 'production'?",
      },
      {
        ...unknown,
        path: '/environments/2',
        message: "There is no environment 'moon'",
        hint: expect.stringContaining('production'),
      },
    ])
  })

  test('with the id that was meant, where a name or a misspelt id of a workflow was written', async () => {
    const { session, workflowId } = await deployed()
    const misspelt = workflowId.slice(0, -1)
    const workflowIds = [workflowId, misspelt, 'customer-onbording', 'else']
    const answer = await make(session, { workflowIds })
    expect(answer).toMatchObject({
      status: 422,
      code: 'request_invalid',
      issues: [
        { code: 'unknown_workflow', path: '/workflowIds/1', hint: `Did you mean '${workflowId}'?` },
        { code: 'unknown_workflow', path: '/workflowIds/2', hint: `Did you mean '${workflowId}'?` },
        { code: 'unknown_workflow', path: '/workflowIds/3', hint: 'GET /v1/workflows lists their ids.' },
      ],
    })
  })

  test('alike for a workflow of another organization and for none, and for a limited key beyond its limits', async () => {
    const foreign = await deployed()
    const { session, workflowId, client } = await deployed()
    const created = await client.createWorkflow({ body: { definition: sampleDefinition('hidden') } })
    const hidden = created.ok ? created.body.id : ''
    const none = `workflow_${'0'.repeat(25)}`
    const told = async (headers: Record<string, string>, id: string) => {
      const { requestId: _, ...answer } = (await make(headers, { workflowIds: [id] })) as Record<string, unknown>
      return JSON.stringify(answer).replaceAll(id, 'it')
    }
    expect(await told(session, foreign.workflowId)).toBe(await told(session, none))
    const limited = bearer(await newKey(session, ALL_SCOPES, { workflowIds: [workflowId] }))
    expect(await told(limited, hidden)).toBe(await told(limited, none))
  })
})

describe('a key with more than its maker holds is refused', () => {
  const narrow = ['keys:write', 'workflows:read', 'deploy:staging']

  test.each([
    [{ scopes: ['workflows:write'] }],
    [{ scopes: ['deploy:*'] }],
    [{ scopes: ['workflows:read', 'deploy:production'] }],
  ])('in scopes: %o', async (wish) => {
    const { session } = await newOrganization()
    const key = await newKey(session, narrow)
    const body = JSON.stringify({ name: 'x', ...wish })
    const answer = await send('/v1/keys', { method: 'POST', headers: bearer(key), body })
    expect(await answer.json()).toMatchObject({ status: 403, code: 'missing_scope' })
  })

  test('in environments and workflows: what is left out is limited like its maker', async () => {
    const { session, workflowId } = await deployed()
    const limits = { environments: ['staging'], workflowIds: [workflowId] }
    const key = await newKey(session, ALL_SCOPES, limits)
    const make = async (more: object) => {
      const body = JSON.stringify({ name: 'x', scopes: ['workflows:read'], ...more })
      return (await send('/v1/keys', { method: 'POST', headers: bearer(key), body })).json()
    }
    expect(await make({})).toMatchObject(limits)
    expect(await make({ environments: null, workflowIds: null })).toMatchObject(limits)
    expect(await make({ environments: ['staging', 'production'] })).toMatchObject({ code: 'missing_scope' })
    expect(await make({ workflowIds: [workflowId, 'workflow_other'] })).toMatchObject({ code: 'missing_scope' })
  })

  test('in time: one that expires makes and rotates none that lives longer, and what is left out ends with it', async () => {
    const { session, key: endless } = await newOrganization()
    const end = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString()
    const [expiresAt, earlier] = [end(60), end(30)]
    const key = await newKey(session, ALL_SCOPES, { expiresAt })
    const { status, make, rotate } = by(bearer(key))
    for (const more of [{}, { expiresAt: null }, { expiresAt }]) expect(await make(more)).toMatchObject({ expiresAt })
    expect(await make({ expiresAt: earlier })).toMatchObject({ expiresAt: earlier })
    expect(await make({ expiresAt: end(61) })).toMatchObject({ status: 403, code: 'missing_scope' })
    const { id } = await listed(session, endless)
    expect(await rotate(id)).toMatchObject({ status: 403, code: 'missing_scope' })
    expect(await status(endless)).toBe(200)
    expect(await rotate((await listed(session, key)).id)).toMatchObject({ expiresAt })
    expect(await by(session).rotate(id)).toMatchObject({ expiresAt: null })
  })

  test('and one that has ended elsewhere, but is still remembered here, makes and rotates none', async () => {
    const { session, key: other } = await newOrganization()
    const key = await newKey(session, ALL_SCOPES)
    const { status, make, rotate } = by(bearer(key))
    const ended = 'UPDATE api_keys SET revoked_at = ?, expires_at = ? WHERE prefix = ?'
    for (const [revokedAt, expiresAt] of [
      [null, 1],
      [1, null],
    ]) {
      expect(await status(key)).toBe(200)
      await env.DB.prepare(ended).bind(revokedAt, expiresAt, key.slice(0, 11)).run()
      expect(await make({})).toMatchObject({ status: 401, code: 'credentials_invalid' })
      expect(await rotate((await listed(session, other)).id)).toMatchObject({
        status: 401,
        code: 'credentials_invalid',
      })
    }
    expect(await status(other)).toBe(200)
  })

  test('and a limited key ends none that reaches further', async () => {
    const { session, key } = await newOrganization()
    const limited = await newKey(session, ALL_SCOPES, { environments: ['staging'] })
    const { id } = await listed(session, key)
    const answer = await send(`/v1/keys/${id}`, { method: 'DELETE', headers: bearer(limited) })
    expect(await answer.json()).toMatchObject({ status: 403, code: 'missing_scope' })
    expect((await send('/v1/me', { headers: bearer(key) })).status).toBe(200)
    const own = await listed(session, limited)
    expect((await send(`/v1/keys/${own.id}`, { method: 'DELETE', headers: bearer(limited) })).status).toBe(204)
  })
})

test('whoever may not make keys makes none by any body (T-13)', async () => {
  const { session } = await newOrganization()
  const reader = await newKey(session, ['workflows:read'])
  for (const body of [{ name: 'x', scopes: ['workflows:read'] }, { name: 'x', scopes: [] }, {}]) {
    const answer = await send('/v1/keys', { method: 'POST', headers: bearer(reader), body: JSON.stringify(body) })
    expect(answer.status).toBe(403)
  }
})

async function idsOf({ session }: { readonly session: Record<string, string> }) {
  const me = await (await send('/v1/me', { headers: session })).json<{ organizationId: string; user: { id: string } }>()
  return { organizationId: me.organizationId, userId: me.user.id }
}
