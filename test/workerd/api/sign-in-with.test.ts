import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, test } from 'vitest'
import { err, ok } from '#core/kernel/result'
import { sha256Hex } from '../../../worker/adapters/crypto/digest'
import { randomBytes } from '../../../worker/adapters/crypto/random'
import { createIdentityStore } from '../../../worker/adapters/d1/identity-store'
import { createInvitationDesk } from '../../../worker/adapters/d1/invitation-desk'
import { createLinkedIdentityStore } from '../../../worker/adapters/d1/linked-identity-store'
import { createSecondFactorStore } from '../../../worker/adapters/d1/second-factor-store'
import { createSignInFlowStore } from '../../../worker/adapters/d1/sign-in-flow-store'
import { createStores } from '../../../worker/adapters/d1/stores'
import type { SignInProvider } from '../../../worker/ports/sign-in-provider'
import type { AccountDeps } from '../../../worker/services/accounts'
import { AppError } from '../../../worker/services/app-error'
import { finishSignInWith } from '../../../worker/services/finish-sign-in-with'
import { returnFromProvider } from '../../../worker/services/return-from-provider'
import { startSignInWith } from '../../../worker/services/start-sign-in-with'
import { signInProvidersOf } from '../../../worker/sign-in-settings'
import { ask, post } from './people'

const VISITOR = { origin: 'https://millrace.test', device: 'a browser', sessionToken: null }
const MINUTES = 60_000

/** What somebody is called at the provider of these tests; whoever comes back is them. */
let subject: string
let now: number
beforeEach(() => {
  subject = crypto.randomUUID()
  now = Date.now()
})

const provider: SignInProvider = {
  id: 'example',
  name: 'Example',
  addressFor: async ({ state }) => `https://provider.example/?state=${state}`,
  identify: async (query) =>
    query.includes('code=right')
      ? ok({ provider: 'example', issuer: 'https://provider.example', subject, email: `${subject}@example.com` })
      : err('refused'),
}

/** Accounts in the real database, with a clock and a provider of the test's own. */
const deps = {
  clock: () => now,
  randomBytes,
  digest: sha256Hex,
  identity: createIdentityStore(env.DB),
  invitationDesk: createInvitationDesk(env.DB),
  linkedIdentities: createLinkedIdentityStore(env.DB),
  secondFactors: createSecondFactorStore(env.DB),
  signInFlows: createSignInFlowStore(env.DB),
  signInProviders: new Map([[provider.id, provider]]),
  auditOf: (organizationId: string) => createStores(env.DB, { organizationId }).audit,
} as unknown as AccountDeps

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: unknown) => (error instanceof AppError ? error.code : String(error)),
  )

async function started() {
  const { url, ticket } = await startSignInWith(deps, VISITOR, 'example', {})
  const query = `?code=right&state=${new URL(url).searchParams.get('state')}`
  return { ticket, query, comeBack: () => returnFromProvider(deps, VISITOR, { provider: 'example', query, ticket }) }
}

/** Somebody the provider has identified, who is new here. */
async function askedForOrganization() {
  const returned = await (await started()).comeBack()
  if (returned.kind !== 'asked') throw new Error(returned.kind)
  return returned.ticket
}

describe('a sign-in with a provider that is under way', () => {
  test('ends after ten minutes, on the way there and on the way in', async () => {
    const { comeBack } = await started()
    now += 10 * MINUTES
    expect(await codeOf(comeBack())).toBe('sign_in_ended')
    const ticket = await askedForOrganization()
    now += 10 * MINUTES
    expect(await codeOf(finishSignInWith(deps, VISITOR, ticket, { organizationName: 'Example' }))).toBe('sign_in_ended')
  })

  test('is used once, however many come back with it at the same moment (A-11)', async () => {
    const { comeBack } = await started()
    const codes = await Promise.all([comeBack(), comeBack(), comeBack()].map(codeOf))
    expect(codes.toSorted()).toEqual(['done', 'sign_in_ended', 'sign_in_ended'])
    const ticket = await askedForOrganization()
    const finish = () => finishSignInWith(deps, VISITOR, ticket, { organizationName: 'Example' })
    expect((await Promise.all([finish(), finish()].map(codeOf))).toSorted()).toEqual(['done', 'sign_in_ended'])
  })

  test('is what was started here: a ticket that was changed by a letter, made up or empty is none', async () => {
    const { ticket, query } = await started()
    const changed = ticket.replace('%22invitation%22%3Anull', '%22invitation%22%3A%22x%22')
    expect(changed).not.toBe(ticket)
    const finish = { purpose: 'finish', next: null, invitation: null, secret: 'x', identity: {} }
    for (const other of [changed, encodeURIComponent(JSON.stringify(finish)), '%', '{}', '', null, 'x'.repeat(9_000)])
      expect(await codeOf(returnFromProvider(deps, VISITOR, { provider: 'example', query, ticket: other }))).toBe(
        'sign_in_ended',
      )
    expect(await codeOf(finishSignInWith(deps, VISITOR, ticket, { organizationName: 'Example' }))).toBe('sign_in_ended')
    expect(await codeOf(returnFromProvider(deps, VISITOR, { provider: 'example', query, ticket }))).toBe('done')
  })

  test('is not ended by a state of somebody else', async () => {
    const { ticket, comeBack } = await started()
    const stray = { provider: 'example', query: '?code=right&state=another', ticket }
    expect(await codeOf(returnFromProvider(deps, VISITOR, stray))).toBe('sign_in_ended')
    expect(await codeOf(comeBack())).toBe('done')
  })

  test('leaves hashes in the database, and nothing once it is over', async () => {
    const { ticket, query } = await started()
    const rows = () => env.DB.prepare('SELECT * FROM sign_in_flows').all()
    const state = query.split('state=')[1] ?? ''
    const kept = JSON.stringify((await rows()).results)
    expect([kept.includes(sha256Hex(ticket)), kept.includes(state)]).toEqual([true, false])
    now += 11 * MINUTES
    const { comeBack } = await started()
    await comeBack()
    expect(JSON.stringify((await rows()).results)).not.toContain(sha256Hex(ticket))
  })
})

describe('the last way in', () => {
  test('is kept when two are taken away at once', async () => {
    const session = await finishSignInWith(deps, VISITOR, await askedForOrganization(), { organizationName: 'Example' })
    const { id } = session.user
    const second = { provider: 'example', issuer: 'https://provider.example', subject: crypto.randomUUID() }
    const identity = { ...second, id: `ident_${crypto.randomUUID()}`, email: 'x@example.com' }
    expect(await deps.linkedIdentities.connect(id, identity, now)).toBe(true)
    const own = await deps.linkedIdentities.list(id)
    const away = own.map((it) => deps.linkedIdentities.disconnect(id, it.id, ['example']))
    expect((await Promise.all(away)).toSorted()).toEqual(['gone', 'last'])
  })

  test('is not one at a provider that is not set up any more', async () => {
    const session = await finishSignInWith(deps, VISITOR, await askedForOrganization(), { organizationName: 'Example' })
    const { id } = session.user
    const gone = {
      provider: 'gone',
      issuer: 'https://gone.example',
      subject,
      id: `ident_${subject}`,
      email: 'x@example.com',
    }
    expect(await deps.linkedIdentities.connect(id, gone, now)).toBe(true)
    const own = (await deps.linkedIdentities.list(id)).find((it) => it.provider === 'example')
    expect(await deps.linkedIdentities.disconnect(id, own?.id ?? '', ['example'])).toBe('last')
    expect(await deps.linkedIdentities.disconnect(id, gone.id, ['example'])).toBe('gone')
  })
})

describe('a service without providers', () => {
  test('offers none, and answers as if there were no such call', async () => {
    const listed = await ask('/v1/auth/providers', {})
    expect([listed.status, listed.body]).toEqual([200, { items: [], nextCursor: null }])
    const unavailable = { status: 404, body: { code: 'provider_unavailable' } }
    expect(await post('/v1/auth/oauth/github', {})).toMatchObject(unavailable)
    expect(await ask('/v1/auth/oauth/google/callback?code=x&state=y', {})).toMatchObject(unavailable)
    expect(await post('/v1/auth/finish', { code: '000000' })).toMatchObject({ status: 410 })
  })

  test('does not start with half of one, or without an address to come back to', () => {
    const policy = { ownHosts: new Set<string>(), allowHosts: new Set<string>(), hostMap: new Map<string, URL>() }
    const none = { GITHUB_CLIENT_ID: '', GITHUB_CLIENT_SECRET: '', GOOGLE_CLIENT_ID: '', GOOGLE_CLIENT_SECRET: '' }
    const place = { ENVIRONMENT: 'production', PUBLIC_URL: 'https://millrace.test' }
    const of = (more: object) => [...signInProvidersOf({ ...none, ...place, ...more }, policy).keys()]
    const both = { GITHUB_CLIENT_ID: 'id', GITHUB_CLIENT_SECRET: 'secret' }
    expect([of({}), of(both)]).toEqual([[], ['github']])
    expect(() => of({ GOOGLE_CLIENT_ID: 'id' })).toThrow('GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET')
    expect(() => of({ GITHUB_CLIENT_SECRET: 'secret' })).toThrow('GITHUB_CLIENT_ID and GITHUB_CLIENT_SECRET')
    expect(() => of({ ...both, PUBLIC_URL: '' })).toThrow('GITHUB_CLIENT_ID needs PUBLIC_URL')
    expect(of({ ...both, PUBLIC_URL: '', ENVIRONMENT: 'development' })).toEqual(['github'])
  })
})
