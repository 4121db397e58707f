import { encodeBytes } from '#core/kernel/crockford'
import { newId, type RandomBytes } from '#core/kernel/id'
import type { Clock, EpochMs } from '#core/kernel/time'
import type { Digest } from '../ports/digest'
import type { IdentityStore, Membership } from '../ports/identity-store'
import type { Passwords } from '../ports/passwords'
import { AppError } from './app-error'
import { csrfTokenOf } from './sessions'

export type AccountDeps = {
  readonly clock: Clock
  readonly randomBytes: RandomBytes
  readonly digest: Digest
  readonly identity: IdentityStore
  readonly passwords: Passwords
}

export type OpenedSession = {
  readonly token: string
  readonly csrfToken: string
  readonly expiresAt: EpochMs
  readonly user: { readonly id: string; readonly email: string }
  readonly organizations: readonly Membership[]
}

export const SESSION_MS = 14 * 86_400_000
const DEFAULT_ENVIRONMENTS = ['development', 'staging', 'production']

/** Creates a user and their organization with development, staging and production. */
export async function signUp(
  deps: AccountDeps,
  input: { readonly email: string; readonly password: string; readonly organizationName: string },
): Promise<OpenedSession> {
  const at = deps.clock()
  const email = input.email.toLowerCase()
  const user = { id: newId('user', at, deps.randomBytes), email, passwordHash: deps.passwords.hash(input.password) }
  const created = await deps.identity.createAccount({
    at,
    user,
    organization: { id: newId('org', at, deps.randomBytes), name: input.organizationName },
    environments: DEFAULT_ENVIRONMENTS.map((name) => ({
      id: newId('env', at, deps.randomBytes),
      name,
      isPrimary: false,
    })),
  })
  if (!created) throw new AppError('email_taken')
  return openSession(deps, { id: user.id, email })
}

/** Opens a session. An unknown address and a wrong password look alike, also in time. */
export async function signIn(
  deps: AccountDeps,
  input: { readonly email: string; readonly password: string },
): Promise<OpenedSession> {
  const user = await deps.identity.findUser(input.email.trim().toLowerCase())
  const isRight = deps.passwords.verify(input.password, user?.passwordHash ?? '')
  if (user === null || !isRight) throw new AppError('sign_in_refused')
  return openSession(deps, { id: user.id, email: user.email })
}

async function openSession(deps: AccountDeps, user: OpenedSession['user']): Promise<OpenedSession> {
  const organizations = await deps.identity.memberships(user.id)
  const first = organizations[0]
  if (first === undefined) throw new AppError('sign_in_refused', { detail: 'This account belongs to no organization.' })
  const at = deps.clock()
  const token = encodeBytes(deps.randomBytes(32))
  const expiresAt = at + SESSION_MS
  const session = {
    tokenHash: deps.digest(token),
    userId: user.id,
    organizationId: first.organizationId,
    at,
    expiresAt,
  }
  await deps.identity.createSession(session)
  return { token, csrfToken: csrfTokenOf(deps.digest, token), expiresAt, user, organizations }
}
