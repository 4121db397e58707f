import { Buffer } from 'node:buffer'
import { scryptSync } from 'node:crypto'
import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { anyAddress, ask, type Headers, lettersTo, newKey, newOrganization, PASSWORD, post } from './people'
import { send, sessionOf, tokenTo } from './people'

const NEXT = 'another fine sentence'
const refusedWith = (status: number, code: string) => ({ status, body: { code } })
const signIn = (email: string, password = PASSWORD, headers: Headers = {}) =>
  post('/v1/auth/sign-in', { email, password }, headers)
const sessionsOf = async (session: Headers) =>
  (await ask('/v1/sessions', session)).body['items'] as unknown as { id: string; current: boolean; device: string }[]
/** One's own address, and when it was confirmed. */
async function addressOf(session: Headers) {
  const me = (await ask('/v1/me', session)).body as { user?: { email: string; emailVerifiedAt: string | null } }
  return { email: me.user?.email, verifiedAt: me.user?.emailVerifiedAt }
}

describe('confirming an address', () => {
  test('the letter that comes after signing up confirms it, once', async () => {
    const { email, session } = await newOrganization()
    const token = await tokenTo(email, 'verify-email')
    expect(await addressOf(session)).toEqual({ email, verifiedAt: null })
    expect((await post('/v1/auth/verify', { token })).status).toBe(204)
    expect((await ask('/v1/members', session)).body['items']).toMatchObject([{ email, emailVerified: true }])
    const instant = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
    expect(await addressOf(session)).toEqual({ email, verifiedAt: instant })
    expect(await post('/v1/auth/verify', { token })).toMatchObject(refusedWith(410, 'link_ended'))
  })

  test('a newer letter ends the earlier one', async () => {
    const { email, session } = await newOrganization()
    const first = await tokenTo(email, 'verify-email')
    expect((await post('/v1/auth/verify/resend', {}, session)).status).toBe(202)
    expect(await post('/v1/auth/verify', { token: first })).toMatchObject(refusedWith(410, 'link_ended'))
    expect((await post('/v1/auth/verify', { token: await tokenTo(email, 'verify-email') })).status).toBe(204)
  })

  test('a letter that is too old, or for another purpose, confirms nothing; its token is stored as a hash', async () => {
    const { email, user } = await newOrganization()
    const token = await tokenTo(email, 'verify-email')
    const rows = await env.DB.prepare('SELECT * FROM user_tokens WHERE user_id = ?').bind(user.id).all()
    expect(rows.results).toHaveLength(1)
    expect(JSON.stringify(rows.results)).not.toContain(token)
    const asReset = await post('/v1/auth/reset', { token, password: NEXT })
    expect(asReset).toMatchObject(refusedWith(410, 'link_ended'))
    await env.DB.prepare('UPDATE user_tokens SET expires_at = 1 WHERE user_id = ?').bind(user.id).run()
    expect(await post('/v1/auth/verify', { token })).toMatchObject(refusedWith(410, 'link_ended'))
  })
})

describe('a password that was stored at another cost', () => {
  const storedOf = (id: string) =>
    env.DB.prepare('SELECT password_hash AS text FROM users WHERE id = ?').bind(id).first<{ text: string }>()

  test('is stored at today’s when its owner signs in, and at no other time; nothing else ends (A-09)', async () => {
    const { email, session, user } = await newOrganization()
    const unpadded = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64').replaceAll('=', '')
    const salt = Buffer.alloc(16, 7)
    const cheap = `$scrypt$ln=12,r=8,p=1$${unpadded(salt)}$${unpadded(scryptSync(PASSWORD, salt, 32, { N: 4_096, r: 8, p: 1 }))}`
    await env.DB.prepare('UPDATE users SET password_hash = ? WHERE id = ?').bind(cheap, user.id).run()
    expect((await signIn(email, 'a wrong sentence')).status).toBe(401)
    expect((await storedOf(user.id))?.text).toBe(cheap)
    expect((await signIn(email)).status).toBe(200)
    const text = async () => (await storedOf(user.id))?.text ?? ''
    await expect.poll(text).toMatch(/^\$scrypt\$ln=14,r=8,p=5\$/)
    const after = await text()
    expect((await signIn(email)).status).toBe(200)
    expect(await text()).toBe(after)
    expect((await ask('/v1/me', session)).status).toBe(200)
  })
})

describe('a forgotten password', () => {
  test('is replaced by the letter, once; every session of the account ends', async () => {
    const { email, session } = await newOrganization()
    expect((await post('/v1/auth/forgot', { email })).status).toBe(202)
    const token = await tokenTo(email, 'reset-password')
    expect((await post('/v1/auth/reset', { token, password: NEXT })).status).toBe(204)
    expect((await ask('/v1/me', session)).status).toBe(401)
    expect(await signIn(email)).toMatchObject(refusedWith(401, 'sign_in_refused'))
    const opened = await signIn(email, NEXT)
    expect((await ask('/v1/members', sessionOf(opened))).body['items']).toMatchObject([{ emailVerified: true }])
    expect(await post('/v1/auth/reset', { token, password: PASSWORD })).toMatchObject(refusedWith(410, 'link_ended'))
  })

  test('an address nobody has is told the same, and gets no letter', async () => {
    const { email } = await newOrganization()
    const nobody = anyAddress('nobody')
    const [known, unknown] = await Promise.all(
      [email, nobody].map((address) => post('/v1/auth/forgot', { email: address })),
    )
    expect([unknown?.status, unknown?.body]).toEqual([known?.status, known?.body])
    await tokenTo(email, 'reset-password')
    expect(await lettersTo(nobody)).toEqual([])
  })

  test('a bad new password leaves the letter good', async () => {
    const { email } = await newOrganization()
    await post('/v1/auth/forgot', { email })
    const token = await tokenTo(email, 'reset-password')
    expect((await post('/v1/auth/reset', { token, password: 'password1234' })).status).toBe(422)
    expect((await post('/v1/auth/reset', { token, password: NEXT })).status).toBe(204)
  })
})

describe('passwords', () => {
  test.each(['too short', 'password1234', 'qwertyuiop12', 'x'.repeat(40)])(
    '%s is refused, and the finding says why',
    async (password) => {
      const refused = await post('/v1/auth/sign-up', { email: anyAddress(), password, organizationName: 'x' })
      expect(refused).toMatchObject({ status: 422, body: { issues: [{ path: '/password' }] } })
    },
  )

  test('one of 10 MB is refused before anything slow looks at it', async () => {
    const huge = 'ab1-'.repeat(2_621_440)
    for (const path of ['/v1/auth/sign-up', '/v1/auth/sign-in'])
      expect((await post(path, { email: anyAddress(), password: huge, organizationName: 'x' })).status).toBe(413)
    const long = await signIn(anyAddress(), 'ab1-'.repeat(257))
    expect(long).toMatchObject({ status: 422, body: { issues: [{ path: '/password' }] } })
  })

  test('an address that looks like one that is taken is refused, or is the same one', async () => {
    const { email } = await newOrganization()
    const signUp = (address: string) =>
      post('/v1/auth/sign-up', { email: address, password: PASSWORD, organizationName: 'x' })
    expect(await signUp(email.replace('owner', 'ｏｗｎｅｒ').toUpperCase())).toMatchObject(
      refusedWith(409, 'email_taken'),
    )
    expect((await signUp(email.replace('o', 'о'))).status).toBe(422)
    expect((await signIn(email.replace('owner', 'ｏｗｎｅｒ'))).status).toBe(200)
  })

  test('changing it needs the current one, ends every session, and goes on under a new token (A-04)', async () => {
    const { email, session } = await newOrganization()
    const other = sessionOf(await signIn(email))
    const change = (current: string) => post('/v1/auth/password', { current, next: NEXT }, session)
    expect(await change('not the password')).toMatchObject(refusedWith(403, 'password_wrong'))
    expect((await ask('/v1/me', other)).status).toBe(200)
    const changed = await change(PASSWORD)
    expect(changed.status).toBe(200)
    for (const ended of [session, other]) expect((await ask('/v1/me', ended)).status).toBe(401)
    expect((await ask('/v1/me', sessionOf(changed))).status).toBe(200)
    expect((await signIn(email, NEXT)).status).toBe(200)
  })
})

describe('sessions', () => {
  test('people see where they are signed in, and sign out elsewhere (A-05)', async () => {
    const { email, session } = await newOrganization()
    const phone = sessionOf(await signIn(email, PASSWORD, { 'user-agent': 'Phone/1' }))
    const list = await sessionsOf(session)
    expect(list.map(({ current, device }) => [current, device])).toEqual(
      expect.arrayContaining([
        [false, 'Phone/1'],
        [true, null],
      ]),
    )
    const other = list.find((item) => !item.current)?.id
    expect(JSON.stringify(list)).not.toContain(phone['cookie']?.split('=')[1])
    expect((await ask(`/v1/sessions/${other}`, session, 'DELETE')).status).toBe(204)
    expect((await ask('/v1/me', phone)).status).toBe(401)
    expect((await ask(`/v1/sessions/${other}`, session, 'DELETE')).status).toBe(404)
  })

  test('all others end at once, and the one that asks goes on (A-05)', async () => {
    const { email, session } = await newOrganization()
    const others = [sessionOf(await signIn(email)), sessionOf(await signIn(email))]
    const colleague = await newOrganization()
    const ended = await ask('/v1/sessions', session, 'DELETE')
    expect([ended.status, ended.body]).toEqual([200, { ended: 2 }])
    for (const other of others) expect((await ask('/v1/me', other)).status).toBe(401)
    expect(await sessionsOf(session)).toMatchObject([{ current: true }])
    expect((await ask('/v1/me', colleague.session)).status).toBe(200)
    expect((await ask('/v1/sessions', session, 'DELETE')).body).toEqual({ ended: 0 })
  })

  test('one that has run out is not counted among those that end', async () => {
    const { email, session, user } = await newOrganization()
    await signIn(email)
    const past = 'UPDATE sessions SET expires_at = 1 WHERE user_id = ? AND token_hash <> ?'
    const row = await env.DB.prepare('SELECT token_hash AS hash FROM sessions WHERE user_id = ? ORDER BY created_at')
      .bind(user.id)
      .first<{ hash: string }>()
    await env.DB.prepare(past).bind(user.id, row?.hash).run()
    expect((await ask('/v1/sessions', session, 'DELETE')).body).toEqual({ ended: 0 })
    expect((await ask('/v1/me', session)).status).toBe(200)
  })

  test('are not ended by a form of another site (A-07)', async () => {
    const { email, session } = await newOrganization()
    const other = sessionOf(await signIn(email))
    const { cookie, origin } = session
    for (const headers of [{ cookie }, { cookie, origin }, { ...session, origin: 'https://evil.example' }])
      expect(await ask('/v1/sessions', headers, 'DELETE')).toMatchObject(refusedWith(403, 'csrf_refused'))
    expect((await ask('/v1/me', other)).status).toBe(200)
  })

  test("nobody ends another person's session (A-20)", async () => {
    const [here, there] = [await newOrganization(), await newOrganization()]
    const [theirs] = await sessionsOf(there.session)
    const refused = refusedWith(404, 'not_found')
    expect(await ask(`/v1/sessions/${theirs?.id}`, here.session, 'DELETE')).toMatchObject(refused)
    expect((await ask('/v1/me', there.session)).status).toBe(200)
  })

  test('signing in never goes on with the token the browser had before (A-04)', async () => {
    const { email, session } = await newOrganization()
    const planted = { cookie: `millrace_session=${'0'.repeat(52)}` }
    const opened = await signIn(email, PASSWORD, planted)
    expect(opened.headers.get('set-cookie')).not.toContain('0'.repeat(52))
    expect((await ask('/v1/me', planted)).status).toBe(401)
    await signIn(email, PASSWORD, { cookie: session['cookie'] ?? '' })
    expect((await ask('/v1/me', session)).status).toBe(401)
  })

  test('are for people: a key has none, and looks after no account', async () => {
    const { key } = await newOrganization()
    const headers = { authorization: `Bearer ${key}` }
    const refused = refusedWith(403, 'person_required')
    expect(await ask('/v1/sessions', headers)).toMatchObject(refused)
    expect(await ask('/v1/sessions', headers, 'DELETE')).toMatchObject(refused)
    expect(await post('/v1/auth/password', { current: PASSWORD, next: NEXT }, headers)).toMatchObject(refused)
    expect(await post('/v1/auth/switch', { organizationId: 'org_x' }, headers)).toMatchObject(refused)
    expect(await post('/v1/auth/verify/resend', {}, headers)).toMatchObject(refused)
  })

  test('a form of another site does nothing, whatever it calls itself (A-07)', async () => {
    const { session } = await newOrganization()
    const body = JSON.stringify({ current: PASSWORD, next: NEXT })
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/json'])
      for (const origin of [
        'https://evil.example',
        'null',
        null,
        'http://millrace.test.evil.example',
        'https://millrace.test',
      ]) {
        const headers = { cookie: session['cookie'] ?? '', 'content-type': type, ...(origin !== null && { origin }) }
        const answer = await send('/v1/auth/password', { method: 'POST', headers, body })
        expect([answer.status, origin, type]).toEqual([403, origin, type])
      }
    expect((await ask('/v1/me', session)).status).toBe(200)
  })

  test('a form signs nobody in to an account of its author (A-07)', async () => {
    const { email } = await newOrganization()
    const attempt = async (type: string, body: string, from: Headers) => {
      const headers = { 'content-type': type, ...from }
      return (await send('/v1/auth/sign-in', { method: 'POST', headers, body })).status
    }
    const json = JSON.stringify({ email, password: PASSWORD })
    const form = new URLSearchParams({ email, password: PASSWORD }).toString()
    for (const origin of ['https://evil.example', 'null']) {
      expect([origin, await attempt('application/json', json, { origin })]).toEqual([origin, 403])
      expect([origin, await attempt('text/plain', json, { origin })]).toEqual([origin, 403])
    }
    // A program that says nothing of where it comes from has no browser, and no session to lose.
    expect(await attempt('text/plain', json, {})).toBe(415)
    expect(await attempt('application/x-www-form-urlencoded', form, {})).toBe(415)
    expect(await attempt('application/json', json, {})).toBe(200)
  })

  test('nobody raises themselves by sending more than a call asks for (A-13, A-10)', async () => {
    const account = { email: anyAddress(), password: PASSWORD, organizationName: 'x' }
    for (const more of [{ role: 'owner' }, { userId: 'user_x' }, { organizationId: 'org_x' }, { emailVerifiedAt: 1 }])
      expect((await post('/v1/auth/sign-up', { ...account, ...more })).status).toBe(422)
    expect((await post('/v1/keys', { name: 'x', scopes: ['workflows:read'], userId: 'user_x' })).status).toBe(401)
    const { session } = await newOrganization()
    expect(
      (await post('/v1/keys', { name: 'x', scopes: ['workflows:read'], organizationId: 'org_x' }, session)).status,
    ).toBe(422)
    expect(await newKey(session, ['workflows:read'])).toMatch(/^mr_/)
  })
})
