import { randomInt, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Browser, openBrowser } from '../support/server/browser'
import { codeOf } from '../support/server/code-of'
import { type Person, type SignInStandIn, startSignInProvider } from '../support/server/start-sign-in-provider'
import { type RunningServer, startServer } from '../support/server/start-server'

let provider: SignInStandIn
let server: RunningServer

beforeAll(async () => {
  provider = await startSignInProvider()
  server = await startServer(provider.env)
})
afterAll(async () => {
  await server.discard()
  await provider.end()
})

const PASSWORD = 'correct horse battery'
const PROVIDERS = ['google', 'github'] as const
type Name = (typeof PROVIDERS)[number]

const browser = () => openBrowser(server.url)
const anybody = (email = `person-${randomUUID()}@example.com`): Person => ({
  subject: String(randomInt(2 ** 40)),
  email,
})

/** What the browser is told to bring back, after the person said yes. */
async function wayBack(who: Browser, name: Name, person: Person, { twist = '', body = {} as object } = {}) {
  const started = await who.call('POST', `/v1/auth/oauth/${name}`, body)
  expect(started.status).toBe(200)
  return provider.authorize(started.body.url, person, twist)
}

/** Comes back, and answers the page that is gone to. */
async function comeBack(who: Browser, url: string) {
  const answer = await who.call('GET', url)
  expect([answer.status, answer.text]).toEqual([303, ''])
  const page = new URL(answer.headers.get('location') ?? '')
  expect(page.origin).toBe(new URL(server.url).origin)
  return page.pathname + page.search
}

const signIn = async (who: Browser, name: Name, person: Person, more?: { twist?: string; body?: object }) =>
  comeBack(who, (await wayBack(who, name, person, more)).url)

const isIn = async (who: Browser) => (await who.call('GET', '/v1/me')).status === 200
const problem = (code: string) => `/sign-in?problem=${code}`

/** Somebody who signed up with an account elsewhere. */
async function newcomer(name: Name, person = anybody()) {
  const who = browser()
  expect(await signIn(who, name, person)).toBe('/sign-in?finish=organization')
  const finished = await who.call('POST', '/v1/auth/finish', { organizationName: 'Example' })
  expect(finished.status).toBe(200)
  return { who, person, finished }
}

/** Somebody with a password. */
async function resident(email = anybody().email) {
  const who = browser()
  const body = { email, password: PASSWORD, organizationName: 'Example' }
  expect((await who.call('POST', '/v1/auth/sign-up', body)).status).toBe(201)
  return { who, email }
}

describe('signing in with an account elsewhere', () => {
  test('is offered where it is set up', async () => {
    const { body } = await browser().call('GET', '/v1/auth/providers')
    expect(body.items.toSorted((a: Person, b: Person) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))).toEqual([
      { id: 'github', name: 'GitHub' },
      { id: 'google', name: 'Google' },
    ])
  })

  test.each(PROVIDERS)('asks %s by code, PKCE and state, and is sent back to one address', async (name) => {
    const { url, asked } = await wayBack(browser(), name, anybody())
    expect(asked).toMatchObject({ response_type: 'code', code_challenge_method: 'S256' })
    expect(asked['redirect_uri']).toBe(`${new URL(server.url).origin}/v1/auth/oauth/${name}/callback`)
    expect(url.startsWith(`${asked['redirect_uri']}?`)).toBe(true)
    expect(asked['scope']).toBe(name === 'google' ? 'openid email' : 'user:email')
    expect(asked['nonce'] === undefined).toBe(name === 'github')
  })

  test.each(PROVIDERS)('with %s gives somebody new an organization, as signing up does', async (name) => {
    const { who, person, finished } = await newcomer(name)
    expect(finished.body).toMatchObject({ user: { email: person.email }, organizations: [{ role: 'owner' }] })
    const environments = await who.call('GET', '/v1/environments')
    expect(environments.body.items.map((it: { name: string }) => it.name)).toEqual([
      'development',
      'staging',
      'production',
    ])
    const members = await who.call('GET', '/v1/members')
    expect(members.body.items).toMatchObject([{ email: person.email, emailVerified: true, role: 'owner' }])
    const audit = await who.call('GET', '/v1/audit')
    expect(audit.body.items).toMatchObject([{ action: 'identity.connected', detail: { provider: name } }])
  })

  test.each(PROVIDERS)('with %s opens the same account again, whatever its address is by then', async (name) => {
    const { person, finished } = await newcomer(name)
    const again = browser()
    const moved = { ...person, email: anybody().email }
    expect(await signIn(again, name, moved, { body: { next: '/workflows?x=1' } })).toBe('/workflows?x=1')
    const me = await again.call('GET', '/v1/me')
    expect(me.body.user).toEqual({ ...finished.body.user, emailVerifiedAt: expect.any(String) })
    expect((await again.call('GET', '/v1/identities')).body).toMatchObject({
      items: [{ provider: name, email: moved.email }],
      hasPassword: false,
    })
  })

  test('gives the browser a session of its own and ends the one it had', async () => {
    const { person } = await newcomer('google')
    const { who } = await resident()
    const before = new Map(who.cookies)
    expect(await signIn(who, 'google', person)).toBe('/executions')
    const old = openBrowser(server.url)
    for (const [name, value] of before) old.cookies.set(name, value)
    expect([await isIn(who), await isIn(old)]).toEqual([true, false])
  })

  test('asks for the second factor all the same', async () => {
    const { who, email } = await resident()
    const person = anybody()
    const connecting = await who.call('POST', '/v1/identities', { provider: 'github', password: PASSWORD })
    await comeBack(who, (await provider.authorize(connecting.body.url, person)).url)
    const enrolled = await who.call('POST', '/v1/auth/second-factor', { password: PASSWORD })
    const confirmed = await who.call('POST', '/v1/auth/second-factor/confirm', { code: codeOf(enrolled.body.secret) })
    const [recovery] = confirmed.body.recoveryCodes as string[]
    const other = browser()
    expect(await signIn(other, 'github', person)).toBe('/sign-in?finish=code')
    expect(await isIn(other)).toBe(false)
    const finish = (body: object) => other.call('POST', '/v1/auth/finish', body)
    expect(await finish({})).toMatchObject({ status: 401, body: { code: 'second_factor_required' } })
    expect(await finish({ code: '000000' })).toMatchObject({ status: 403, body: { code: 'second_factor_wrong' } })
    expect(await finish({ code: recovery })).toMatchObject({ status: 200, body: { user: { email } } })
    expect(await finish({ code: recovery })).toMatchObject({ status: 410, body: { code: 'sign_in_ended' } })
  })

  test('accepts an invitation on the way in, of somebody new and of somebody known', async () => {
    const { who: owner } = await newcomer('google')
    const known = await newcomer('github')
    for (const [name, person] of [
      ['google', anybody()],
      ['github', known.person],
    ] as const) {
      const sent = await owner.call('POST', '/v1/invitations', { email: person.email, role: 'editor' })
      expect(sent.status).toBe(201)
      const { body } = await owner.call('GET', `/dev/mail?to=${encodeURIComponent(person.email)}`)
      const invitation = /accept-invitation#(\S+)/.exec(body.items[0].text)?.[1]
      const guest = browser()
      expect(await signIn(guest, name, anybody(), { body: { invitation } })).toBe(problem('invitation_not_yours'))
      expect(await signIn(guest, name, person, { body: { invitation } })).toBe('/executions')
      const { organizations } = (await guest.call('GET', '/v1/me')).body
      expect(organizations.map((it: { role: string }) => it.role)).toContain('editor')
      expect(await signIn(browser(), name, anybody(), { body: { invitation } })).toBe(problem('invitation_ended'))
    }
  })
})

describe('an address that has an account already', () => {
  test.each(PROVIDERS)('is not connected with %s by itself, only by who is signed in', async (name) => {
    const { who, email } = await resident()
    const person = anybody(email)
    const stranger = browser()
    expect(await signIn(stranger, name, person)).toBe(problem('identity_not_connected'))
    expect(await isIn(stranger)).toBe(false)
    const wrong = await who.call('POST', '/v1/identities', { provider: name, password: 'not the password' })
    expect(wrong).toMatchObject({ status: 403, body: { code: 'password_wrong' } })
    const started = await who.call('POST', '/v1/identities', { provider: name, password: PASSWORD })
    const back = await provider.authorize(started.body.url, person)
    expect(await comeBack(who, back.url)).toBe(`/settings/account?connected=${name}`)
    expect(await signIn(stranger, name, person)).toBe('/executions')
    expect((await stranger.call('GET', '/v1/me')).body.user.email).toBe(email)
    const mail = await who.call('GET', `/dev/mail?to=${encodeURIComponent(email)}`)
    expect(mail.body.items.map((it: { subject: string }) => it.subject)).toContainEqual(
      expect.stringContaining('opens your account now'),
    )
  })

  test('is never taken over by an identity of another account', async () => {
    const { person } = await newcomer('google')
    const { who } = await resident()
    const started = await who.call('POST', '/v1/identities', { provider: 'google', password: PASSWORD })
    const back = await provider.authorize(started.body.url, person)
    expect(await comeBack(who, back.url)).toBe('/settings/account?problem=identity_taken')
    expect((await who.call('GET', '/v1/identities')).body.items).toEqual([])
  })
})

describe('the ways into an account', () => {
  test('are listed, and can be taken away except the last', async () => {
    const { who, person } = await newcomer('google')
    const [identity] = (await who.call('GET', '/v1/identities')).body.items
    const away = (id: string) => who.call('DELETE', `/v1/identities/${id}`)
    expect(await away(identity.id)).toMatchObject({ status: 409, body: { code: 'last_way_in' } })
    const { who: other } = await newcomer('github')
    const [foreign] = (await other.call('GET', '/v1/identities')).body.items
    expect((await away(foreign.id)).status).toBe(404)
    await who.call('POST', '/v1/auth/forgot', { email: person.email })
    const mail = async () => (await who.call('GET', `/dev/mail?to=${encodeURIComponent(person.email)}`)).body.items
    await expect.poll(async () => (await mail()).length).toBeGreaterThan(0)
    const token = /reset-password#(\S+)/.exec((await mail())[0].text)?.[1]
    expect((await who.call('POST', '/v1/auth/reset', { token, password: PASSWORD })).status).toBe(204)
    const signedIn = await who.call('POST', '/v1/auth/sign-in', { email: person.email, password: PASSWORD })
    expect(signedIn.status).toBe(200)
    expect((await away(identity.id)).status).toBe(204)
    expect(await signIn(browser(), 'google', person)).toBe(problem('identity_not_connected'))
    const audit = await who.call('GET', '/v1/audit')
    expect(audit.body.items[0]).toMatchObject({ action: 'identity.disconnected' })
  })
})

describe('what a provider sends back', () => {
  test('counts in the browser that started it, once (A-11)', async () => {
    const { person } = await newcomer('google')
    const [mine, theirs] = [browser(), browser()]
    const back = await wayBack(mine, 'google', person)
    // Somebody else's browser: without a sign-in of its own, and with one.
    expect(await comeBack(theirs, back.url)).toBe(problem('sign_in_ended'))
    await wayBack(theirs, 'google', person)
    expect(await comeBack(theirs, back.url)).toBe(problem('sign_in_ended'))
    expect(await isIn(theirs)).toBe(false)
    expect(await comeBack(mine, back.url)).toBe('/executions')
    expect(await comeBack(mine, back.url)).toBe(problem('sign_in_ended'))
  })

  test('connects nothing in the session of another organization (A-11)', async () => {
    const [attacker, victim] = [await resident(), await resident()]
    const started = await attacker.who.call('POST', '/v1/identities', { provider: 'github', password: PASSWORD })
    const back = await provider.authorize(started.body.url, anybody())
    expect(await comeBack(victim.who, back.url)).toBe(problem('sign_in_ended'))
    // Even with the attacker's cookie planted beside the victim's session.
    const planted = attacker.who.cookies.get('millrace_sign_in') ?? ''
    victim.who.cookies.set('millrace_sign_in', planted)
    expect(await comeBack(victim.who, back.url)).toBe('/settings/account?problem=sign_in_ended')
    expect((await victim.who.call('GET', '/v1/identities')).body.items).toEqual([])
    expect((await attacker.who.call('GET', '/v1/identities')).body.items).toEqual([])
  })

  test('counts at the provider it was asked of: answers are not mixed up', async () => {
    const { person } = await newcomer('google')
    const who = browser()
    const back = new URL((await wayBack(who, 'google', person)).url)
    const other = new URL(back)
    other.pathname = other.pathname.replace('google', 'github')
    expect(await comeBack(who, other.href)).toBe(problem('sign_in_ended'))
    back.searchParams.set('iss', 'https://github.com/login/oauth')
    expect(await comeBack(who, back.href)).toBe(problem('sign_in_not_proven'))
    expect(await isIn(who)).toBe(false)
  })

  test('is repeated nowhere, whatever it is (A-12)', async () => {
    const evil = '</script><svg onload=alert(1)>'
    for (const name of ['code', 'state', 'error', 'error_description', 'iss']) {
      const who = browser()
      for (const url of [`/v1/auth/oauth/google/callback?x=1`, (await wayBack(who, 'google', anybody())).url]) {
        const address = new URL(url, server.url)
        address.searchParams.set(name, evil)
        const answer = await who.call('GET', address.href)
        const all = decodeURIComponent(`${answer.text} ${JSON.stringify([...answer.headers])}`)
        expect(all).not.toMatch(/svg|onload|alert/)
        expect([303, 'no-store']).toEqual([answer.status, answer.headers.get('cache-control')])
      }
      expect(await isIn(who)).toBe(false)
    }
    const unknown = await browser().call('GET', `/v1/auth/oauth/${encodeURIComponent(evil)}/callback?code=1`)
    expect([unknown.status, unknown.text]).toEqual([404, expect.not.stringContaining('svg')])
  })

  test('leads to pages of this site only', async () => {
    const paths = [
      '//evil.example',
      '/\\evil.example',
      'https://evil.example',
      '/\t/evil.example',
      'javascript:alert(1)',
    ]
    for (const next of [...paths, '/ok\n', '', '\\evil', '/%0d%0a\r\nset-cookie: a=b'])
      expect((await browser().call('POST', '/v1/auth/oauth/github', { next })).status).toBe(422)
    const { person } = await newcomer('github')
    expect(await signIn(browser(), 'github', person, { body: { next: '/.//evil.example' } })).toBe('//evil.example')
  })

  test.each([
    ['wrong_nonce', 'sign_in_not_proven'],
    ['no_nonce', 'sign_in_not_proven'],
    ['wrong_issuer', 'sign_in_not_proven'],
    ['wrong_audience', 'sign_in_not_proven'],
    ['expired', 'sign_in_not_proven'],
    ['strange_key', 'sign_in_not_proven'],
    ['unsigned', 'sign_in_not_proven'],
    ['unconfirmed', 'provider_email_unconfirmed'],
    ['no_email', 'provider_email_unconfirmed'],
    ['denied', 'sign_in_cancelled'],
    ['down', 'provider_away'],
    ['silent', 'provider_away'],
    ['huge', 'provider_away'],
  ])('from Google with %s is refused as %s', async (twist, code) => {
    const { person } = await newcomer('google')
    const who = browser()
    expect(await signIn(who, 'google', person, { twist })).toBe(problem(code))
    expect(await isIn(who)).toBe(false)
  })

  test.each([
    ['unconfirmed', 'provider_email_unconfirmed'],
    ['denied', 'sign_in_cancelled'],
    ['down', 'provider_away'],
  ])('from GitHub with %s is refused as %s', async (twist, code) => {
    const who = browser()
    expect(await signIn(who, 'github', anybody(), { twist })).toBe(problem(code))
    expect(await isIn(who)).toBe(false)
  })

  test.each(PROVIDERS)('from %s with a code that was used, or is none, is refused', async (name) => {
    const person = anybody()
    const [first, second] = [browser(), browser()]
    const used = new URL((await wayBack(first, name, person)).url)
    expect(await comeBack(first, used.href)).toBe('/sign-in?finish=organization')
    for (const code of [used.searchParams.get('code') ?? '', 'made-up', '']) {
      const back = new URL((await wayBack(second, name, person)).url)
      back.searchParams.set('code', code)
      expect(await comeBack(second, back.href)).toBe(problem('sign_in_not_proven'))
    }
  })

  test('is believed under a new key of the issuer from the first sign-in on', async () => {
    const { person } = await newcomer('google')
    await provider.rotate()
    expect(await signIn(browser(), 'google', person)).toBe('/executions')
    await provider.rotate()
    expect(await signIn(browser(), 'google', person)).toBe('/executions')
  })
})
