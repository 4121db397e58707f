import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { sha256Hex } from '../../../worker/adapters/crypto/digest'
import { createPasswords } from '../../../worker/adapters/crypto/passwords'
import { accountHandlers } from '../../../worker/http/handlers/account'
import { AppError } from '../../../worker/services/app-error'
import { type AccountDeps, signIn } from '../../../worker/services/accounts'
import { sendReset } from '../../../worker/services/reset-password'
import { verifyEmail } from '../../../worker/services/verify-email'

const KNOWN = 'somebody@example.com'
const PASSWORD = 'correct horse battery'
const VISITOR = { origin: 'https://millrace.example', device: null, sessionToken: null }
const hashes = createPasswords({
  clock: () => 0,
  randomBytes: (length) => new Uint8Array(randomBytes(length)),
  sleep: async () => undefined,
  requestsUnderWay: () => 0,
})
const user = { id: 'user_1', email: KNOWN, passwordHash: await hashes.hash(PASSWORD), emailVerifiedAt: null }

/** Accounts of one person, and everything that is asked of stores, hashes and mail, in order. */
function accounts() {
  const done: string[] = []
  const later: Promise<unknown>[] = []
  const recording = <T extends object>(name: string, methods: T): T =>
    new Proxy(methods, {
      get: (target, key) => (given: unknown, more: unknown) => {
        done.push(`${name}.${String(key)}`)
        return (target as Record<string | symbol, (...all: unknown[]) => unknown>)[key]?.(given, more)
      },
    })
  const deps = {
    clock: () => 1_000,
    randomBytes: (length: number) => new Uint8Array(randomBytes(length)),
    digest: sha256Hex,
    identity: recording('identity', { findUser: async (email: string) => (email === KNOWN ? user : null) }),
    persons: recording('persons', { takeToken: async () => null, putToken: async () => undefined }),
    passwords: recording('passwords', hashes),
    mailer: recording('mailer', { send: async () => undefined }),
    background: (work: Promise<unknown>) => void later.push(work),
  } as unknown as AccountDeps
  return { deps, done, later }
}

const refusalOf = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: unknown) => (error instanceof AppError ? { code: error.code, details: error.details } : error),
  )

describe('whether an address has an account', () => {
  test('signing in asks for the same things in the same order, and one password is hashed either way', async () => {
    const seen = []
    for (const email of [KNOWN, 'nobody@example.com']) {
      const { deps, done, later } = accounts()
      const refusal = await refusalOf(signIn(deps, VISITOR, { email, password: 'a wrong password' }))
      seen.push({ refusal, done, later })
    }
    expect(seen[0]).toEqual({
      refusal: { code: 'sign_in_refused', details: {} },
      done: ['identity.findUser', 'passwords.verify'],
      later: [],
    })
    expect(seen[1]).toEqual(seen[0])
  })

  test('a text that is no hash is refused by the same steps as a wrong password, whatever it is', async () => {
    for (const stored of ['', 'x', user.passwordHash.slice(0, -4)])
      expect([stored, await hashes.verify(PASSWORD, stored)]).toEqual([stored, false])
    expect(await hashes.verify(PASSWORD, user.passwordHash)).toBe(true)
  })

  test('asking for a new password is answered before the address is looked up', async () => {
    const answers = []
    for (const email of [KNOWN, 'nobody@example.com']) {
      const { deps, done, later } = accounts()
      const never = { ...deps, identity: { findUser: () => new Promise(() => undefined) } }
      const own = { ...never, signInLimit: async () => true, originOf: () => VISITOR.origin }
      const request = new Request(`${VISITOR.origin}/v1/auth/forgot`, { method: 'POST' })
      const call = { accounts: own, body: { email }, request, cookie: { name: 'x', isSecure: true } }
      answers.push({ answer: await accountHandlers.forgotPassword(call as never), done, pending: later.length })
    }
    expect(answers[0]).toEqual({ answer: { status: 202, body: { status: 'accepted' } }, done: [], pending: 1 })
    expect(answers[1]).toEqual(answers[0])
  })

  test('only the letter, which comes behind the answer, differs', async () => {
    const [known, nobody] = [accounts(), accounts()]
    await sendReset(known.deps, VISITOR.origin, KNOWN)
    await sendReset(nobody.deps, VISITOR.origin, 'nobody@example.com')
    expect(known.done).toEqual(['identity.findUser', 'persons.putToken', 'mailer.send'])
    expect(nobody.done).toEqual(['identity.findUser'])
  })

  test('a mailed token that was made up is refused by one statement, like one that is too old', async () => {
    const { deps, done } = accounts()
    expect(await refusalOf(verifyEmail(deps, 'made-up'))).toEqual({ code: 'link_ended', details: {} })
    expect(done).toEqual(['persons.takeToken'])
  })
})
