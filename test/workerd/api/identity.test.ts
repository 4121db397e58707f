import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { clientWith, newKey, newOrganization, ORIGIN, send } from './support'

describe('identity', () => {
  test('a new organization has an owner, three environments and a session', async () => {
    const { session, email } = await newOrganization()
    const me = await (await send('/v1/me', { headers: session })).json<Record<string, unknown>>()
    expect(me).toMatchObject({ user: { email }, organizations: [{ name: 'Example', role: 'owner' }], key: null })
    const environments = await (
      await send('/v1/environments', { headers: session })
    ).json<{ items: { name: string }[] }>()
    expect(environments.items.map((item) => item.name)).toEqual(['development', 'staging', 'production'])
  })

  test('a password signs in; a wrong one and an unknown address are told the same', async () => {
    const { email, password } = await newOrganization()
    const signIn = (body: object) =>
      send('/v1/auth/sign-in', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    expect((await signIn({ email: email.toUpperCase(), password })).status).toBe(200)
    const refusals = await Promise.all([
      signIn({ email, password: 'something else' }),
      signIn({ email: `nobody-${crypto.randomUUID()}@example.com`, password }),
    ])
    for (const refusal of refusals) {
      expect(refusal.status).toBe(401)
      expect(await refusal.json()).toMatchObject({ code: 'sign_in_refused' })
    }
  })

  test('an email address has one account', async () => {
    const { email } = await newOrganization()
    const again = await send('/v1/auth/sign-up', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password: 'correct horse battery', organizationName: 'Other' }),
    })
    expect(again.status).toBe(409)
    expect(await again.json()).toMatchObject({ code: 'email_taken' })
  })

  test('signing out ends the session on the server (A-05)', async () => {
    const { session } = await newOrganization()
    const out = await send('/v1/auth/sign-out', { method: 'POST', headers: session })
    expect(out.status).toBe(204)
    expect(out.headers.get('set-cookie')).toContain('Max-Age=0')
    expect((await send('/v1/me', { headers: session })).status).toBe(401)
  })

  test('a session cookie cannot be read by scripts, nor sent by other sites (A-06)', async () => {
    const { email, password, session } = await newOrganization()
    const { organizationId } = await (await send('/v1/me', { headers: session })).json<{ organizationId: string }>()
    const setBy = async (path: string, body: object, headers: Record<string, string>) => {
      const answer = await send(path, { method: 'POST', headers, body: JSON.stringify(body) })
      return { path, cookie: answer.headers.get('set-cookie')?.replace(/=[0-9a-z]{52};/, '=<token>;') }
    }
    const plain = { 'content-type': 'application/json' }
    const signUp = { email: `new-${email}`, password, organizationName: 'Example' }
    const seen = [
      await setBy('/v1/auth/sign-up', signUp, plain),
      await setBy('/v1/auth/sign-in', { email, password }, plain),
      await setBy('/v1/auth/switch', { organizationId }, session),
      await setBy('/v1/auth/sign-out', {}, (await newOrganization()).session),
    ]
    const flags = 'Path=/; HttpOnly; SameSite=Lax'
    const opened = `millrace_session=<token>; ${flags}; Max-Age=1209600`
    expect(seen).toEqual([
      { path: '/v1/auth/sign-up', cookie: opened },
      { path: '/v1/auth/sign-in', cookie: opened },
      { path: '/v1/auth/switch', cookie: opened },
      { path: '/v1/auth/sign-out', cookie: `millrace_session=; ${flags}; Max-Age=0` },
    ])
  })

  test('a write by cookie needs our origin and the token of the session (A-07)', async () => {
    const { session } = await newOrganization()
    const write = (headers: Record<string, string>) =>
      send('/v1/keys', { method: 'POST', headers, body: JSON.stringify({ name: 'x', scopes: ['workflows:read'] }) })
    const { origin: _origin, ...withoutOrigin } = session
    const { 'x-csrf-token': _token, ...withoutToken } = session
    for (const headers of [
      withoutOrigin as Record<string, string>,
      withoutToken as Record<string, string>,
      { ...session, origin: 'https://evil.example' },
      { ...session, origin: 'null' },
      { ...session, 'x-csrf-token': 'guess' },
    ]) {
      const answer = await write(headers)
      expect(answer.status).toBe(403)
      expect(await answer.json()).toMatchObject({ code: 'csrf_refused' })
    }
    expect((await write(session)).status).toBe(201)
  })

  test('a key is shown once, listed by its prefix, and stored as a hash', async () => {
    const { session, key } = await newOrganization()
    const list = await (
      await send('/v1/keys', { headers: session })
    ).json<{ items: { prefix: string; key?: string }[] }>()
    expect(list.items).toHaveLength(1)
    expect(key.startsWith(`${list.items[0]?.prefix}_`)).toBe(true)
    expect(list.items[0]).not.toHaveProperty('key')
    const rows = await env.DB.prepare('SELECT * FROM api_keys WHERE prefix = ?').bind(list.items[0]?.prefix).all()
    expect(JSON.stringify(rows.results)).not.toContain(key)
  })

  test('a revoked key stops working at once where it was revoked', async () => {
    const { session, key } = await newOrganization()
    const client = clientWith(key)
    expect((await client.listWorkflows({})).ok).toBe(true)
    const [item] = (await (await send('/v1/keys', { headers: session })).json<{ items: { id: string }[] }>()).items
    expect((await send(`/v1/keys/${item?.id}`, { method: 'DELETE', headers: session })).status).toBe(204)
    const refused = await client.listWorkflows({})
    expect(refused).toMatchObject({ ok: false, status: 401, problem: { code: 'credentials_invalid' } })
  })

  test('a rotated key has a successor with its rights and lives on for the overlap', async () => {
    const { session } = await newOrganization()
    const key = await newKey(session, ['workflows:read'])
    const { items } = await (
      await send('/v1/keys', { headers: session })
    ).json<{ items: { id: string; prefix: string }[] }>()
    const id = items.find((item) => key.startsWith(item.prefix))?.id
    const rotate = (overlapSeconds: number) =>
      send(`/v1/keys/${id}/rotate`, { method: 'POST', headers: session, body: JSON.stringify({ overlapSeconds }) })
    const successor = await (await rotate(60)).json<{ key: string; scopes: string[] }>()
    expect(successor.scopes).toEqual(['workflows:read'])
    expect((await clientWith(key).listWorkflows({})).ok).toBe(true)
    expect((await clientWith(successor.key).listWorkflows({})).ok).toBe(true)
    await rotate(0)
    expect((await clientWith(key).listWorkflows({})).ok).toBe(false)
  })

  test('nobody can give away a scope they do not hold', async () => {
    const { session } = await newOrganization()
    const narrow = await newKey(session, ['keys:write', 'deploy:staging'])
    const refused = await clientWith(narrow).createKey({ body: { name: 'x', scopes: ['deploy:production'] } })
    expect(refused).toMatchObject({ ok: false, status: 403, problem: { code: 'missing_scope' } })
    expect(await clientWith(narrow).createKey({ body: { name: 'x', scopes: ['deploy:staging'] } })).toMatchObject({
      ok: true,
    })
  })

  test('an organization header that contradicts the credentials is refused (S130)', async () => {
    const { session, key } = await newOrganization()
    const own = (await (await send('/v1/me', { headers: session })).json<{ organizationId: string }>()).organizationId
    const ask = (organization: string) =>
      send('/v1/workflows', { headers: { authorization: `Bearer ${key}`, 'x-organization-id': organization } })
    expect((await ask(own)).status).toBe(200)
    const refused = await ask('org_other')
    expect(refused.status).toBe(403)
    expect(await refused.json()).toMatchObject({ code: 'organization_mismatch' })
  })

  test('signing in by another site is refused (A-07)', async () => {
    const headers = { 'content-type': 'application/json', origin: 'https://evil.example' }
    const answer = await send('/v1/auth/sign-in', { method: 'POST', headers, body: '{"email":"a@b.c","password":"x"}' })
    expect(await answer.json()).toMatchObject({ code: 'csrf_refused' })
    expect(ORIGIN).not.toBe(headers.origin)
  })
})
