import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import {
  anyAddress,
  ask,
  type Headers,
  invited,
  lettersTo,
  newKey,
  newMember,
  newOrganization,
  PASSWORD,
  post,
} from './people'
import { sessionOf, verifiedOrganization } from './people'
import { ALL_SCOPES } from './support'

const refusedWith = (status: number, code: string) => ({ status, body: { code } })
const KEY_SCOPES = ['workflows:read', 'members:write']
const bearer = (key: string) => ({ authorization: `Bearer ${key}` })
/** The addresses with an open invitation, the newest first. */
const open = async (session: Headers) =>
  ((await ask('/v1/invitations', session)).body['items'] as unknown as { email: string }[]).map(({ email }) => email)

describe('invitations', () => {
  test('somebody who is invited signs up into the organization, in the role, with a confirmed address (A-14)', async () => {
    const owner = await verifiedOrganization()
    const member = await newMember(owner.session, 'editor')
    const me = await ask('/v1/me', member.session)
    expect(me.body).toMatchObject({ user: { email: member.email, emailVerifiedAt: expect.any(String) } })
    expect(me.body['organizations']).toMatchObject([{ role: 'editor' }])
    const { body } = await ask('/v1/members', owner.session)
    const joined = await ask('/v1/audit?action=member.joined', owner.session)
    expect(joined.body['items']).toMatchObject([{ actor: { email: member.email }, target: member.id }])
    expect(body['items']).toContainEqual(
      expect.objectContaining({ id: member.id, role: 'editor', emailVerified: true }),
    )
  })

  test('somebody with an account accepts signed in, and has two organizations to switch between (A-14)', async () => {
    const owner = await verifiedOrganization()
    const other = await newOrganization()
    const token = await invited(owner.session, other.email, 'viewer')
    const accepted = await post('/v1/invitations/accept', { token }, other.session)
    expect(accepted).toMatchObject({ status: 200, body: { name: 'Example', role: 'viewer' } })
    const { organizationId } = accepted.body as unknown as { organizationId: string }
    expect((await ask('/v1/members', other.session)).body['items']).toHaveLength(1)
    const switched = await post('/v1/auth/switch', { organizationId }, other.session)
    expect(switched.status).toBe(200)
    expect((await ask('/v1/me', other.session)).status).toBe(401)
    const me = await ask('/v1/me', sessionOf(switched))
    expect(me.body).toMatchObject({ organizationId, scopes: expect.not.arrayContaining(['members:write']) })
  })

  test('somebody with an account and no session accepts by signing in', async () => {
    const owner = await verifiedOrganization()
    const { email } = await newOrganization()
    const invitation = await invited(owner.session, email, 'runner')
    const again = await post('/v1/auth/sign-up', { email, password: PASSWORD, invitation })
    expect(again).toMatchObject(refusedWith(409, 'email_taken'))
    const opened = await post('/v1/auth/sign-in', { email, password: PASSWORD, invitation })
    expect(opened.body['organizations']).toHaveLength(2)
  })

  test('an invitation works once, even for two at the same time (A-14)', async () => {
    const owner = await verifiedOrganization()
    const email = anyAddress()
    const invitation = await invited(owner.session, email, 'viewer')
    const signUp = () => post('/v1/auth/sign-up', { email, password: PASSWORD, invitation })
    const both = await Promise.all([signUp(), signUp()])

    expect(both.filter(({ status }) => status === 201)).toHaveLength(1)
    const late = await post('/v1/auth/sign-in', { email, password: PASSWORD, invitation })
    expect(late).toMatchObject(refusedWith(410, 'invitation_ended'))
  })

  test('an invitation that is too old, withdrawn, replaced or made up is refused alike (A-14)', async () => {
    const owner = await verifiedOrganization()
    const email = anyAddress()
    const replaced = await invited(owner.session, email, 'viewer')
    await post('/v1/invitations', { email, role: 'viewer' }, owner.session)
    const second = anyAddress()
    const old = await invited(owner.session, second, 'viewer')
    await env.DB.prepare('UPDATE invitations SET expires_at = 1 WHERE email = ?').bind(second).run()
    const third = anyAddress()
    const withdrawn = await invited(owner.session, third, 'viewer')
    const list = (await ask('/v1/invitations', owner.session)).body['items'] as unknown as {
      id: string
      email: string
    }[]
    const { id } = list.find((item) => item.email === third) ?? { id: '' }
    expect((await ask(`/v1/invitations/${id}`, owner.session, 'DELETE')).status).toBe(204)
    expect((await ask(`/v1/invitations/${id}`, owner.session, 'DELETE')).status).toBe(404)
    for (const invitation of [replaced, old, withdrawn, 'made-up']) {
      const refused = await post('/v1/auth/sign-up', { email, password: PASSWORD, invitation })
      expect(refused).toMatchObject(refusedWith(410, 'invitation_ended'))
    }
  })

  test('an invitation is bound to the address it was sent to (A-14)', async () => {
    const owner = await verifiedOrganization()
    const invitation = await invited(owner.session, anyAddress(), 'admin')
    const thief = await newOrganization()
    const refused = refusedWith(403, 'invitation_not_yours')
    expect(await post('/v1/invitations/accept', { token: invitation }, thief.session)).toMatchObject(refused)
    const signUp = { email: anyAddress(), password: PASSWORD, invitation }
    expect(await post('/v1/auth/sign-up', signUp)).toMatchObject(refused)
    const key = await newKey(thief.session, KEY_SCOPES)
    const byKey = await post('/v1/invitations/accept', { token: invitation }, bearer(key))
    expect(byKey).toMatchObject(refusedWith(403, 'person_required'))
  })

  test('an invitation is stored as a hash and told to nobody but the letter', async () => {
    const owner = await verifiedOrganization()
    const email = anyAddress()
    const token = await invited(owner.session, email, 'viewer')
    const { results } = await env.DB.prepare('SELECT * FROM invitations WHERE email = ?').bind(email).all()
    expect(results).toHaveLength(1)
    expect(JSON.stringify(results)).not.toContain(token)
    expect(JSON.stringify((await ask('/v1/invitations', owner.session)).body)).not.toContain(token)
  })

  test('strangers cannot have letters sent: an owner has to have confirmed their own address first', async () => {
    const { session, email } = await newOrganization()
    const refused = await post('/v1/invitations', { email: anyAddress(), role: 'viewer' }, session)
    expect(refused).toMatchObject(refusedWith(403, 'email_unverified'))
    expect((await lettersTo(email)).length).toBeLessThan(2)
  })

  test('a member is not invited again', async () => {
    const owner = await verifiedOrganization()
    const again = await post('/v1/invitations', { email: owner.email, role: 'viewer' }, owner.session)
    expect(again).toMatchObject(refusedWith(409, 'already_member'))
  })

  test('neither an organization nor an invitation, or both, is no sign-up', async () => {
    const account = { email: anyAddress(), password: PASSWORD }
    for (const more of [{}, { organizationName: 'x', invitation: 'y' }]) {
      const refused = await post('/v1/auth/sign-up', { ...account, ...more })
      expect(refused).toMatchObject({ status: 422, body: { issues: [{ path: '/organizationName' }] } })
    }
  })
})

describe('roles', () => {
  test('nobody gives or takes a role above their own (A-14)', async () => {
    const owner = await verifiedOrganization()
    const admin = await newMember(owner.session, 'admin')
    const refused = refusedWith(403, 'role_too_high')
    const wish = { email: anyAddress(), role: 'owner' }
    expect(await post('/v1/invitations', wish, admin.session)).toMatchObject(refused)
    expect(await post(`/v1/members/${admin.id}`, { role: 'owner' }, admin.session, 'PATCH')).toMatchObject(refused)
    const demotion = await post(`/v1/members/${owner.user.id}`, { role: 'viewer' }, admin.session, 'PATCH')
    expect(demotion).toMatchObject(refused)
    expect(await ask(`/v1/members/${owner.user.id}`, admin.session, 'DELETE')).toMatchObject(refused)
  })

  test('a key gives no role that may do more than the key, and never makes an owner (A-14)', async () => {
    const owner = await verifiedOrganization()
    const narrow = bearer(await newKey(owner.session, [...KEY_SCOPES, 'executions:read', 'variables:read']))
    const wish = (role: string) => post('/v1/invitations', { email: anyAddress(), role }, narrow)
    expect(await wish('viewer')).toMatchObject({ status: 201 })
    for (const role of ['runner', 'admin', 'owner'])
      expect(await wish(role)).toMatchObject(refusedWith(403, 'role_too_high'))
    const limited = await newKey(owner.session, KEY_SCOPES, { environments: ['staging'] })
    const byLimited = await post('/v1/invitations', { email: anyAddress(), role: 'viewer' }, bearer(limited))
    expect(byLimited).toMatchObject(refusedWith(403, 'role_too_high'))
  })

  test('an organization keeps its last owner (A-15)', async () => {
    const owner = await verifiedOrganization()
    const own = `/v1/members/${owner.user.id}`
    const refused = refusedWith(409, 'last_owner')
    expect(await post(own, { role: 'admin' }, owner.session, 'PATCH')).toMatchObject(refused)
    expect(await ask(own, owner.session, 'DELETE')).toMatchObject(refused)
    await newMember(owner.session, 'owner')
    expect((await post(own, { role: 'admin' }, owner.session, 'PATCH')).body).toMatchObject({ role: 'admin' })
  })

  test('two owners who remove each other at once leave one (A-15)', async () => {
    const owner = await verifiedOrganization()
    const second = await newMember(owner.session, 'owner')
    await Promise.all([
      ask(`/v1/members/${second.id}`, owner.session, 'DELETE'),
      ask(`/v1/members/${owner.user.id}`, second.session, 'DELETE'),
    ])
    const answers = await Promise.all([ask('/v1/members', owner.session), ask('/v1/members', second.session)])
    const left = answers.filter(({ status }) => status === 200)
    expect(left).toHaveLength(1)
    expect(left[0]?.body['items']).toHaveLength(1)
  })

  test('a lowered role counts from the next request on, and the old session has ended (A-08)', async () => {
    const owner = await verifiedOrganization()
    const admin = await newMember(owner.session, 'admin')
    const harmless = bearer(await newKey(admin.session, ['workflows:read']))
    const mighty = bearer(await newKey(admin.session, ['workflows:read', 'secrets:write']))
    for (const key of [harmless, mighty]) expect((await ask('/v1/workflows', key)).status).toBe(200)
    const sent = anyAddress()
    await invited(admin.session, sent, 'admin')
    const changed = await post(`/v1/members/${admin.id}`, { role: 'viewer' }, owner.session, 'PATCH')
    expect(changed.body).toMatchObject({ id: admin.id, role: 'viewer' })
    expect((await ask('/v1/members', admin.session)).status).toBe(401)
    // Whoever may make no key has none, not even one that may do no more than they may.
    for (const key of [harmless, mighty]) expect((await ask('/v1/workflows', key)).status).toBe(401)
    expect(JSON.stringify((await ask('/v1/invitations', owner.session)).body)).not.toContain(sent)
    const again = await post('/v1/auth/sign-in', { email: admin.email, password: PASSWORD })
    expect((await ask('/v1/members', sessionOf(again))).status).toBe(403)
  })

  test('a lowered role that still makes keys and invites keeps the keys it could make and what it could send', async () => {
    const owner = await verifiedOrganization()
    const second = await newMember(owner.session, 'owner')
    const key = bearer(await newKey(second.session, ALL_SCOPES))
    const [high, low, byKey] = [anyAddress(), anyAddress(), anyAddress()]
    await invited(second.session, high, 'owner')
    await invited(second.session, low, 'admin')
    await invited(key, byKey, 'viewer')
    expect((await post(`/v1/members/${second.id}`, { role: 'admin' }, owner.session, 'PATCH')).status).toBe(200)
    expect((await ask('/v1/workflows', key)).status).toBe(200)
    expect(await open(owner.session)).toEqual([byKey, low])
  })
})

describe('what somebody sent with keys, and with keys of keys', () => {
  /** An admin who invited one address by session, one by key, and one by a key that key made. */
  async function inviting() {
    const owner = await verifiedOrganization()
    const admin = await newMember(owner.session, 'admin')
    const key = bearer(await newKey(admin.session, ALL_SCOPES))
    const made = await post('/v1/keys', { name: 'spare', scopes: ALL_SCOPES }, key)
    const spare = bearer(String(made.body['key']))
    const tokens: [email: string, token: string][] = []
    for (const headers of [admin.session, key, spare]) {
      const email = anyAddress()
      tokens.push([email, await invited(headers, email, 'viewer')])
    }
    const others = anyAddress()
    await invited(bearer(owner.key), others, 'viewer')
    return { owner, admin, tokens, others }
  }

  test.each(['removed', 'demoted'])('is withdrawn from who is %s, and nobody comes in by it', async (how) => {
    const { owner, admin, tokens, others } = await inviting()
    const path = `/v1/members/${admin.id}`
    if (how === 'removed') expect((await ask(path, owner.session, 'DELETE')).status).toBe(204)
    else expect((await post(path, { role: 'viewer' }, owner.session, 'PATCH')).status).toBe(200)
    expect(await open(owner.session)).toEqual([others])
    for (const [email, invitation] of tokens) {
      const late = await post('/v1/auth/sign-up', { email, password: PASSWORD, invitation })
      expect(late).toMatchObject(refusedWith(410, 'invitation_ended'))
    }
  })
})

describe('a removed member', () => {
  test('invites nobody with a key that is still remembered elsewhere', async () => {
    const owner = await verifiedOrganization()
    const admin = await newMember(owner.session, 'admin')
    const key = bearer(await newKey(admin.session, ALL_SCOPES))
    expect((await ask('/v1/members', key)).status).toBe(200)
    await env.DB.prepare('UPDATE api_keys SET revoked_at = 1 WHERE created_by_id = ?').bind(admin.id).run()
    const late = await post('/v1/invitations', { email: anyAddress(), role: 'viewer' }, key)
    expect(late).toMatchObject(refusedWith(401, 'credentials_invalid'))
    expect(await open(owner.session)).toEqual([])
  })

  test('has no session and no key here any more, nor keys made with those keys (A-16)', async () => {
    const owner = await verifiedOrganization()
    const admin = await newMember(owner.session, 'admin')
    const key = await newKey(admin.session, ['keys:write', 'workflows:read'])
    const made = await post('/v1/keys', { name: 'spare', scopes: ['workflows:read'] }, bearer(key))
    const spare = String(made.body['key'])
    expect((await ask('/v1/workflows', bearer(spare))).status).toBe(200)
    expect((await ask(`/v1/members/${admin.id}`, owner.session, 'DELETE')).status).toBe(204)
    expect((await ask('/v1/me', admin.session)).status).toBe(401)
    for (const text of [key, spare]) expect((await ask('/v1/workflows', bearer(text))).status).toBe(401)
    expect((await ask(`/v1/members/${admin.id}`, owner.session, 'DELETE')).status).toBe(404)
  })

  test('keeps their other organizations', async () => {
    const owner = await verifiedOrganization()
    const other = await newOrganization()
    await post('/v1/invitations/accept', { token: await invited(owner.session, other.email, 'editor') }, other.session)
    expect((await ask(`/v1/members/${other.user.id}`, owner.session, 'DELETE')).status).toBe(204)
    expect((await ask('/v1/me', other.session)).body['organizations']).toHaveLength(1)
  })

  test('of another organization does not exist here (A-20)', async () => {
    const [here, there] = [await newOrganization(), await newOrganization()]
    const path = `/v1/members/${there.user.id}`
    expect(await ask(path, here.session, 'DELETE')).toMatchObject(refusedWith(404, 'not_found'))
    expect(await post(path, { role: 'viewer' }, here.session, 'PATCH')).toMatchObject(refusedWith(404, 'not_found'))
    const switched = await post('/v1/auth/switch', { organizationId: 'org_elsewhere' }, here.session)
    expect(switched).toMatchObject(refusedWith(404, 'not_found'))
  })
})
