import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { decodeBase32 } from '#core/kernel/base32'
import { ask, type Headers, newOrganization, PASSWORD, post } from './people'
import { sessionOf } from './people'

const PATH = '/v1/auth/second-factor'
const refusedWith = (status: number, code: string) => ({ status, body: { code } })

/** What an authenticator shows, worked out apart from the service. */
async function codeOf(secret: string, stepsAhead = 0): Promise<string> {
  const step = Math.floor(Date.now() / 30_000) + stepsAhead
  const counter = new DataView(new ArrayBuffer(8))
  counter.setBigUint64(0, BigInt(step))
  const key = await crypto.subtle.importKey('raw', decodeBase32(secret), { name: 'HMAC', hash: 'SHA-1' }, false, [
    'sign',
  ])
  const mac = new DataView(await crypto.subtle.sign('HMAC', key, counter.buffer))
  return String((mac.getUint32(mac.getUint8(19) % 16) % 2 ** 31) % 1_000_000).padStart(6, '0')
}

async function enrolled() {
  const owner = await newOrganization()
  const made = await post(PATH, { password: PASSWORD }, owner.session)
  expect(made.status).toBe(201)
  const secret = String(made.body['secret'])
  const confirmed = await post(`${PATH}/confirm`, { code: await codeOf(secret) }, owner.session)
  const recoveryCodes = confirmed.body['recoveryCodes'] as unknown as string[]
  const signIn = (code?: string) =>
    post('/v1/auth/sign-in', { email: owner.email, password: PASSWORD, ...(code === undefined ? {} : { code }) })
  /** As if the codes used so far were long ago. */
  const forgetSteps = () =>
    env.DB.prepare('UPDATE second_factors SET last_step = 0 WHERE user_id = ?').bind(owner.user.id).run()
  return { ...owner, secret, uri: String(made.body['uri']), confirmed, recoveryCodes, signIn, forgetSteps }
}

const renew = (session: Headers, code: string, password = PASSWORD) =>
  post(`${PATH}/recovery-codes`, { password, code }, session)
const codesIn = ({ body }: Awaited<ReturnType<typeof renew>>) => body['recoveryCodes'] as unknown as string[]

const stateOf = async (session: Headers) => (await ask(PATH, session)).body

describe('a second factor', () => {
  test('is offered as authenticators read it, and counts once a code of it was confirmed', async () => {
    const owner = await newOrganization()
    const wrong = await post(PATH, { password: 'not the password' }, owner.session)
    expect(wrong).toMatchObject(refusedWith(403, 'password_wrong'))
    const made = await post(PATH, { password: PASSWORD }, owner.session)
    const uri = new URL(String(made.body['uri']))
    expect([uri.protocol, uri.searchParams.get('secret')]).toEqual(['otpauth:', made.body['secret']])
    expect((await post('/v1/auth/sign-in', { email: owner.email, password: PASSWORD })).status).toBe(200)
    const refused = await post(`${PATH}/confirm`, { code: 'abcdef' }, owner.session)
    expect(refused).toMatchObject(refusedWith(403, 'second_factor_wrong'))
    expect(await stateOf(owner.session)).toEqual({ enabled: false, recoveryCodesLeft: 0 })
  })

  test('is asked for when signing in, and its code is taken once (A-04)', async () => {
    const { signIn, secret, forgetSteps, session } = await enrolled()
    expect(await stateOf(session)).toEqual({ enabled: true, recoveryCodesLeft: 10 })
    expect(await signIn()).toMatchObject(refusedWith(401, 'second_factor_required'))
    await forgetSteps()
    const code = await codeOf(secret)
    expect((await signIn(code)).status).toBe(200)
    expect(await signIn(code)).toMatchObject(refusedWith(403, 'second_factor_wrong'))
  })

  test('takes one of several uses of the same code at once', async () => {
    const { signIn, secret, forgetSteps } = await enrolled()
    await forgetSteps()
    const code = await codeOf(secret)
    const all = await Promise.all([signIn(code), signIn(code), signIn(code)])
    expect(all.filter(({ status }) => status === 200)).toHaveLength(1)
  })

  test('allows clocks to be one step off, and not more', async () => {
    const { signIn, secret, forgetSteps } = await enrolled()
    for (const [ahead, status] of [
      [-3, 403],
      [3, 403],
      [1, 200],
    ] as const) {
      await forgetSteps()
      expect((await signIn(await codeOf(secret, ahead))).status).toBe(status)
    }
  })

  test('takes no code after ten guesses, whoever makes them, until the password changes', async () => {
    const { signIn, secret, recoveryCodes, forgetSteps, email, session } = await enrolled()
    const guesses = await Promise.all(Array.from({ length: 10 }, () => signIn('000000')))
    expect(new Set(guesses.map(({ status }) => status))).toEqual(new Set([403]))
    await forgetSteps()
    expect(await signIn(await codeOf(secret))).toMatchObject(refusedWith(403, 'second_factor_wrong'))
    expect((await signIn(recoveryCodes[0])).status).toBe(200)
    const next = 'another fine sentence'
    expect((await post('/v1/auth/password', { current: PASSWORD, next }, session)).status).toBe(200)
    const opened = await post('/v1/auth/sign-in', { email, password: next, code: await codeOf(secret) })
    expect(opened.status).toBe(200)
  })

  test('is replaced by recovery codes, each good once and stored as a hash', async () => {
    const { signIn, recoveryCodes, user, session } = await enrolled()
    const [code = ''] = recoveryCodes
    expect(recoveryCodes).toHaveLength(10)
    const rows = await env.DB.prepare('SELECT * FROM recovery_codes WHERE user_id = ?').bind(user.id).all()
    expect(JSON.stringify(rows.results)).not.toContain(code)
    expect((await signIn(code.toUpperCase().replaceAll('-', ' '))).status).toBe(200)
    expect(await signIn(code)).toMatchObject(refusedWith(403, 'second_factor_wrong'))
    expect(await stateOf(session)).toEqual({ enabled: true, recoveryCodesLeft: 9 })
  })

  test('has a secret that is sealed, and that another account cannot use', async () => {
    const [one, other] = [await enrolled(), await enrolled()]
    const read = env.DB.prepare('SELECT secret FROM second_factors WHERE user_id = ?')
    const row = await read.bind(one.user.id).first<{ secret: string }>()
    expect(row?.secret).not.toContain(one.secret)
    const move = env.DB.prepare('UPDATE second_factors SET secret = ?, last_step = 0 WHERE user_id = ?')
    await move.bind(row?.secret, other.user.id).run()
    expect(await other.signIn(await codeOf(one.secret))).toMatchObject(refusedWith(503, 'unavailable'))
  })

  test('is not enrolled over, and is turned off with the password and a code only', async () => {
    const { session, recoveryCodes, signIn } = await enrolled()
    expect(await post(PATH, { password: PASSWORD }, session)).toMatchObject(refusedWith(409, 'second_factor_on'))
    const disable = (password: string, code: string) => post(`${PATH}/disable`, { password, code }, session)
    const [code = ''] = recoveryCodes
    expect(await disable('not the password', code)).toMatchObject(refusedWith(403, 'password_wrong'))
    expect(await disable(PASSWORD, '000000')).toMatchObject(refusedWith(403, 'second_factor_wrong'))
    expect((await disable(PASSWORD, code)).status).toBe(204)
    expect((await ask('/v1/me', sessionOf(await signIn()))).status).toBe(200)
    expect(await stateOf(session)).toEqual({ enabled: false, recoveryCodesLeft: 0 })
  })

  test('leaves a trace in the audit when it is turned on or off, and when its codes are made anew', async () => {
    const { session, user, recoveryCodes } = await enrolled()
    const [first = '', second = ''] = recoveryCodes
    const renewed = await renew(session, first)
    expect(renewed.status).toBe(200)
    expect(await post(`${PATH}/disable`, { password: PASSWORD, code: second }, session)).toMatchObject({ status: 403 })
    const [code = ''] = codesIn(renewed)
    expect((await post(`${PATH}/disable`, { password: PASSWORD, code }, session)).status).toBe(204)
    const { items } = (await ask('/v1/audit?action=second_factor', session)).body as unknown as Record<'items', Entry[]>
    expect(items.map(({ action, target, detail }) => [action, target, detail])).toEqual([
      ['second_factor.turned_off', user.id, null],
      ['second_factor.codes_renewed', user.id, null],
      ['second_factor.turned_on', user.id, null],
    ])
  })
})

type Entry = { readonly action: string; readonly target: string; readonly detail: unknown }

describe('new recovery codes', () => {
  test('are told once, and those there were are void', async () => {
    const { session, signIn, secret, recoveryCodes, forgetSteps } = await enrolled()
    await forgetSteps()
    const renewed = await renew(session, await codeOf(secret))
    expect(renewed.status).toBe(200)
    const codes = codesIn(renewed)
    expect(new Set([...codes, ...recoveryCodes]).size).toBe(20)
    for (const old of recoveryCodes.slice(0, 2))
      expect(await signIn(old)).toMatchObject(refusedWith(403, 'second_factor_wrong'))
    expect((await signIn(codes[0])).status).toBe(200)
    expect(await stateOf(session)).toEqual({ enabled: true, recoveryCodesLeft: 9 })
  })

  test('need the password and a code; a recovery code does, and is used up like the others', async () => {
    const { session, recoveryCodes } = await enrolled()
    const [code = ''] = recoveryCodes
    expect(await renew(session, code, 'not the password')).toMatchObject(refusedWith(403, 'password_wrong'))
    expect(await renew(session, '000000')).toMatchObject(refusedWith(403, 'second_factor_wrong'))
    expect(await stateOf(session)).toEqual({ enabled: true, recoveryCodesLeft: 10 })
    expect((await renew(session, code)).status).toBe(200)
    expect(await renew(session, code)).toMatchObject(refusedWith(403, 'second_factor_wrong'))
    expect(await stateOf(session)).toEqual({ enabled: true, recoveryCodesLeft: 10 })
  })

  test('that are made twice at once are those of one of the two', async () => {
    const { session, signIn, recoveryCodes } = await enrolled()
    const [one = '', other = ''] = recoveryCodes
    const both = await Promise.all([renew(session, one), renew(session, other)])
    const made = both.filter(({ status }) => status === 200).map(codesIn)
    expect(await stateOf(session)).toEqual({ enabled: true, recoveryCodesLeft: 10 })
    const answers = await Promise.all(made.map(([code]) => signIn(code)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  })

  test('are made of no factor that is off or not confirmed yet', async () => {
    const owner = await newOrganization()
    expect(await renew(owner.session, '000000')).toMatchObject(refusedWith(409, 'second_factor_off'))
    await post(PATH, { password: PASSWORD }, owner.session)
    expect(await renew(owner.session, '000000')).toMatchObject(refusedWith(409, 'second_factor_off'))
    expect(await stateOf(owner.session)).toEqual({ enabled: false, recoveryCodesLeft: 0 })
  })

  test('are for people: a key makes none', async () => {
    const { key } = await newOrganization()
    const headers = { authorization: `Bearer ${key}` }
    expect(await renew(headers, '000000')).toMatchObject(refusedWith(403, 'person_required'))
  })
})
