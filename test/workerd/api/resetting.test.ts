import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { createLinkedIdentityStore } from '../../../worker/adapters/d1/linked-identity-store'
import { createSecondFactorStore } from '../../../worker/adapters/d1/second-factor-store'
import { AppError } from '../../../worker/services/app-error'
import { resetPassword } from '../../../worker/services/reset-password'
import { accountDeps, codeOf } from './account-deps'
import { ask, newOrganization, post, sessionOf, tokenTo, verifiedOrganization } from './people'

const NEXT = 'another fine sentence'
const identities = createLinkedIdentityStore(env.DB)
const secondFactors = createSecondFactorStore(env.DB)

type Owner = Awaited<ReturnType<typeof newOrganization>>

/** Opens the account by everything there is besides its password: an identity, an authenticator, a recovery code. */
async function openedOtherwise({ user, email }: Owner) {
  const subject = crypto.randomUUID()
  const named = { provider: 'github', issuer: 'https://github.com', subject, email: 'somebody@example.com' }
  await identities.connect(user.id, { ...named, id: `ident_${subject}` }, Date.now())
  await secondFactors.enrol(user.id, 'sealed')
  await secondFactors.confirm(user.id, Date.now(), [crypto.randomUUID()])
  await post('/v1/auth/forgot', { email })
  return { named, token: await tokenTo(email, 'reset-password') }
}

/** What opens an account besides its password. */
const waysInto = async ({ user }: Owner, named: { issuer: string; subject: string }) => ({
  identity: (await identities.findUser(named.issuer, named.subject))?.id,
  listed: (await identities.list(user.id)).length,
  hasFactor: (await secondFactors.find(user.id)) !== null,
  recoveryCodes: await secondFactors.countRecoveryCodes(user.id),
})

const reset = (token: string, password = NEXT) => post('/v1/auth/reset', { token, password })
const signIn = (email: string, password: string) => post('/v1/auth/sign-in', { email, password })

describe('a password reset by mail', () => {
  test('that is the first proof of the address leaves no way in but the new password', async () => {
    const owner = await newOrganization()
    const bystander = await newOrganization()
    const { named, token } = await openedOtherwise(owner)
    const theirs = await openedOtherwise(bystander)
    expect((await reset(token)).status).toBe(204)
    const none = { identity: undefined, listed: 0, hasFactor: false, recoveryCodes: 0 }
    expect(await waysInto(owner, named)).toEqual(none)
    expect((await ask('/v1/me', owner.session)).status).toBe(401)
    const opened = await signIn(owner.email, NEXT)
    expect((await ask('/v1/me', sessionOf(opened))).body).toMatchObject({
      user: { emailVerifiedAt: expect.any(String) },
    })
    const all = { identity: bystander.user.id, listed: 1, hasFactor: true, recoveryCodes: 1 }
    expect(await waysInto(bystander, theirs.named)).toEqual(all)
  })

  test('of an address that was proven before leaves identities and the second factor', async () => {
    const owner = await verifiedOrganization()
    const { named, token } = await openedOtherwise(owner)
    expect((await reset(token)).status).toBe(204)
    const all = { identity: owner.user.id, listed: 1, hasFactor: true, recoveryCodes: 1 }
    expect(await waysInto(owner, named)).toEqual(all)
    expect(await signIn(owner.email, NEXT)).toMatchObject({ status: 401, body: { code: 'second_factor_required' } })
  })

  test('takes nothing away by a link that is too old', async () => {
    const owner = await newOrganization()
    const { named, token } = await openedOtherwise(owner)
    await env.DB.prepare('UPDATE user_tokens SET expires_at = 1 WHERE user_id = ?').bind(owner.user.id).run()
    expect(await reset(token)).toMatchObject({ status: 410, body: { code: 'link_ended' } })
    expect(await waysInto(owner, named)).toMatchObject({ listed: 1, hasFactor: true, recoveryCodes: 1 })
    expect((await ask('/v1/me', owner.session)).status).toBe(200)
  })

  test('leaves the link good when too many passwords wait to be hashed', async () => {
    const { email } = await newOrganization()
    await post('/v1/auth/forgot', { email })
    const token = await tokenTo(email, 'reset-password')
    const busy = accountDeps({ hash: () => Promise.reject(new AppError('rate_limited')) })
    expect(await codeOf(resetPassword(busy, token, NEXT))).toBe('rate_limited')
    expect((await reset(token)).status).toBe(204)
  })

  test('hashes nothing for a link that was made up', async () => {
    const busy = accountDeps({ hash: () => Promise.reject(new AppError('rate_limited')) })
    expect(await codeOf(resetPassword(busy, 'made-up', NEXT))).toBe('link_ended')
  })

  test('counts once, however many use the link at the same moment', async () => {
    const { email } = await newOrganization()
    await post('/v1/auth/forgot', { email })
    const token = await tokenTo(email, 'reset-password')
    const passwords = [1, 2, 3].map((n) => `${NEXT} ${n}`)
    const answers = await Promise.all(passwords.map((password) => reset(token, password)))
    expect(answers.map(({ status }) => String(status)).toSorted()).toEqual(['204', '410', '410'])
    const entered = await Promise.all(passwords.map((password) => signIn(email, password)))
    expect(entered.map(({ status }) => status === 200)).toEqual(answers.map(({ status }) => status === 204))
  })
})
