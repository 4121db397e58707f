import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { createIdentityStore } from '../../../worker/adapters/d1/identity-store'
import { createPersonStore } from '../../../worker/adapters/d1/person-store'
import { sha256Hex } from '../../../worker/adapters/crypto/digest'
import type { Caller } from '../../../worker/services/caller'
import { changePassword, switchOrganization } from '../../../worker/services/own-account'
import { findSession } from '../../../worker/services/sessions'
import { signIn, signUp } from '../../../worker/services/accounts'
import { accountDeps, codeOf, hashOf } from './account-deps'
import { anyAddress } from './people'

const OLD = 'correct horse battery'
const NEXT = 'another fine sentence'
const THIRD = 'yet another fine sentence'
const persons = createPersonStore(env.DB)
const identity = createIdentityStore(env.DB)

const visitor = (sessionToken: string | null = null) => ({
  origin: 'https://millrace.test',
  device: null,
  sessionToken,
})
const sessionsOf = async (id: string) => (await persons.sessions(id, Date.now())).length

/** Somebody with an account and a session, and what the session says of them. */
async function somebody() {
  const deps = accountDeps()
  const email = anyAddress()
  const opened = await signUp(deps, visitor(), { email, password: OLD, organizationName: 'Example' })
  const caller = await findSession(deps, opened.token)
  if (caller?.via.kind !== 'session') throw new Error('no session')
  return { deps, email, id: opened.user.id, token: opened.token, caller }
}

/** Accounts where something happens while the password that was given is verified. */
const whileVerifying = (happens: () => Promise<unknown>) => {
  let isFirst = true
  return accountDeps({
    verify: async (password, stored) => {
      if (isFirst) await happens()
      isFirst = false
      return stored === hashOf(password)
    },
  })
}

/** The owner of the mailbox chooses another password. */
async function resetTo({ id }: { readonly id: string }, password: string) {
  const tokenHash = sha256Hex(crypto.randomUUID())
  await persons.putToken({ tokenHash, userId: id, purpose: 'reset_password', expiresAt: Date.now() + 60_000 })
  if (!(await persons.resetPassword(tokenHash, hashOf(password), Date.now()))) throw new Error('not reset')
}

describe('a password that is reset while the old one is verified', () => {
  test('lets nobody in by the old one, and leaves no session of it', async () => {
    const owner = await somebody()
    const deps = whileVerifying(() => resetTo(owner, NEXT))
    expect(await codeOf(signIn(deps, visitor(), { email: owner.email, password: OLD }))).toBe('sign_in_refused')
    expect(await sessionsOf(owner.id)).toBe(0)
    expect(await codeOf(signIn(owner.deps, visitor(), { email: owner.email, password: NEXT }))).toBe('done')
  })

  test('is not changed by who knows the old one', async () => {
    const owner = await somebody()
    const deps = whileVerifying(() => resetTo(owner, NEXT))
    const change = changePassword(deps, visitor(owner.token), owner.caller, { current: OLD, next: THIRD })
    expect(await codeOf(change)).toBe('password_wrong')
    expect((await identity.findUser(owner.email))?.passwordHash).toBe(hashOf(NEXT))
    expect(await sessionsOf(owner.id)).toBe(0)
  })
})

describe('a password that is changed twice at once', () => {
  test('is what one of the two chose, and the sessions of the other are those that ended', async () => {
    const owner = await somebody()
    const change = (next: string) => changePassword(owner.deps, visitor(), owner.caller, { current: OLD, next })
    const answers = await Promise.all([codeOf(change(NEXT)), codeOf(change(THIRD))])
    expect(answers.toSorted()).toEqual(['done', 'password_wrong'])
    const winner = hashOf(answers[0] === 'done' ? NEXT : THIRD)
    expect((await identity.findUser(owner.email))?.passwordHash).toBe(winner)
    expect(await sessionsOf(owner.id)).toBe(1)
  })
})

test('a password that is stored at another cost while it is verified still lets its owner in', async () => {
  const owner = await somebody()
  const dearer = `dearer ${hashOf(OLD)}`
  const deps = accountDeps({
    verify: async (password, stored) => {
      await persons.replaceHash(owner.id, hashOf(OLD), dearer)
      return stored.endsWith(hashOf(password))
    },
  })
  expect(await codeOf(signIn(deps, visitor(), { email: owner.email, password: OLD }))).toBe('done')
  expect(await sessionsOf(owner.id)).toBe(2)
})

describe('switching organizations', () => {
  const endOf = (caller: Caller | null) => (caller?.via.kind === 'session' ? caller.via.expiresAt : null)

  test('goes on until the session would have ended, however often', async () => {
    const owner = await somebody()
    const end = endOf(owner.caller) ?? 0
    const later = { ...owner.deps, clock: () => Date.now() + 3_600_000 }
    let { token, caller }: { token: string; caller: Caller } = owner
    for (let n = 0; n < 2; n++) {
      const switched = await switchOrganization(later, visitor(token), caller, caller.organizationId)
      expect(switched.expiresAt).toBe(end)
      const found = await findSession(later, switched.token)
      expect(endOf(found)).toBe(end)
      if (found !== null) ({ token, caller } = { token: switched.token, caller: found })
    }
    expect(await sessionsOf(owner.id)).toBe(1)
  })

  test('opens nothing for a session that has ended meanwhile', async () => {
    const owner = await somebody()
    await resetTo(owner, NEXT)
    const switched = switchOrganization(owner.deps, visitor(owner.token), owner.caller, owner.caller.organizationId)
    expect(await codeOf(switched)).toBe('unauthorized')
    expect(await sessionsOf(owner.id)).toBe(0)
  })
})
