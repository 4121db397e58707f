import { env } from 'cloudflare:workers'
import { sha256Hex } from '../../../worker/adapters/crypto/digest'
import { randomBytes } from '../../../worker/adapters/crypto/random'
import { createIdentityStore } from '../../../worker/adapters/d1/identity-store'
import { createInvitationDesk } from '../../../worker/adapters/d1/invitation-desk'
import { createLinkedIdentityStore } from '../../../worker/adapters/d1/linked-identity-store'
import { createPersonStore } from '../../../worker/adapters/d1/person-store'
import { createSecondFactorStore } from '../../../worker/adapters/d1/second-factor-store'
import type { Passwords } from '../../../worker/ports/passwords'
import type { AccountDeps } from '../../../worker/services/accounts'
import { AppError } from '../../../worker/services/app-error'

/** Accounts in the real database, with no letters, and hashes that tell their password; tests say what hashing does. */
export function accountDeps(passwords: Partial<Passwords> = {}): AccountDeps {
  const plain: Passwords = {
    hash: (password) => Promise.resolve(hashOf(password)),
    verify: (password, stored) => Promise.resolve(stored === hashOf(password)),
    isOutdated: () => false,
  }
  return {
    clock: Date.now,
    randomBytes,
    digest: sha256Hex,
    identity: createIdentityStore(env.DB),
    persons: createPersonStore(env.DB),
    invitationDesk: createInvitationDesk(env.DB),
    linkedIdentities: createLinkedIdentityStore(env.DB),
    secondFactors: createSecondFactorStore(env.DB),
    passwords: { ...plain, ...passwords },
    mailer: { send: () => Promise.resolve() },
    background: () => undefined,
  } as unknown as AccountDeps
}

export const hashOf = (password: string) => `hash of ${password}`

/** The code a call is refused with, or `done`. */
export const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: unknown) => (error instanceof AppError ? error.code : String(error)),
  )
