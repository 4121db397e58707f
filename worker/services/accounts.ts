import { newId, type RandomBytes } from '#core/kernel/id'
import type { Clock } from '#core/kernel/time'
import type { AuditStore } from '../ports/audit-store'
import type { Digest } from '../ports/digest'
import type { IdentityStore, UserRow } from '../ports/identity-store'
import type { InvitationDesk } from '../ports/invitation-desk'
import type { LinkedIdentityStore, NewIdentity } from '../ports/linked-identity-store'
import type { Mailer } from '../ports/mailer'
import type { OneTimeCodes } from '../ports/one-time-codes'
import type { Passwords } from '../ports/passwords'
import type { PersonStore } from '../ports/person-store'
import type { SecondFactorStore } from '../ports/second-factor-store'
import type { SignInFlowStore } from '../ports/sign-in-flow-store'
import type { SignInProviders } from '../ports/sign-in-provider'
import type { Vault } from '../ports/vault'
import { AppError } from './app-error'
import { join, joinAs } from './join'
import { type OpenedSession, openSession, tryOpenSession } from './open-session'
import { requireSecondFactor } from './second-factor'
import { sendVerification } from './verify-email'

export type AccountDeps = {
  readonly clock: Clock
  readonly randomBytes: RandomBytes
  readonly digest: Digest
  readonly identity: IdentityStore
  readonly persons: PersonStore
  readonly invitationDesk: InvitationDesk
  readonly mailer: Mailer
  readonly passwords: Passwords
  readonly secondFactors: SecondFactorStore
  readonly oneTimeCodes: OneTimeCodes
  readonly linkedIdentities: LinkedIdentityStore
  readonly signInFlows: SignInFlowStore
  readonly signInProviders: SignInProviders
  readonly vault: Vault
  readonly auditOf: (organizationId: string) => AuditStore
  /** Goes on after the answer; what fails there is reported, and nobody waits for it. */
  readonly background: (work: Promise<unknown>) => void
}

/** Where somebody comes from: the origin letters lead to, their browser, and the session they already had. */
export type Visitor = { readonly origin: string; readonly device: string | null; readonly sessionToken: string | null }

type SignUp = {
  readonly email: string
  readonly password: string
  readonly organizationName?: string | undefined
  readonly invitation?: string | undefined
}

const DEFAULT_ENVIRONMENTS = ['development', 'staging', 'production']

/** Creates a user: with an organization of their own (development, staging and production), or in the one that invited them. */
export async function signUp(deps: AccountDeps, visitor: Visitor, input: SignUp): Promise<OpenedSession> {
  const { invitation, organizationName } = input
  const user = {
    id: newId('user', deps.clock(), deps.randomBytes),
    email: input.email,
    passwordHash: await deps.passwords.hash(input.password),
    emailVerifiedAt: null,
  }
  if (invitation !== undefined) {
    await joinAs(deps, user, invitation)
  } else {
    await createOwner(deps, user, organizationName ?? '')
    deps.background(sendVerification(deps, visitor.origin, user))
  }
  return openSession(deps, visitor, user, { ground: { passwordHash: user.passwordHash } })
}

/** Creates a user with an organization of their own, and answers its id. */
export async function createOwner(
  deps: AccountDeps,
  user: UserRow,
  name: string,
  identity?: NewIdentity,
): Promise<string> {
  const at = deps.clock()
  const organizationId = newId('org', at, deps.randomBytes)
  const created = await deps.identity.createAccount({
    at,
    user,
    organization: { id: organizationId, name },
    defaultProjectId: newId('proj', at, deps.randomBytes),
    environments: DEFAULT_ENVIRONMENTS.map((environment) => ({
      id: newId('env', at, deps.randomBytes),
      name: environment,
      isPrimary: false,
    })),
    ...(identity !== undefined && { identity }),
  })
  if (!created) throw new AppError('email_taken')
  return organizationId
}

type SignIn = {
  readonly email: string
  readonly password: string
  readonly invitation?: string | undefined
  readonly code?: string | undefined
}

/** Opens a session. An unknown address and a wrong password look alike, also in time. */
export async function signIn(deps: AccountDeps, visitor: Visitor, input: SignIn): Promise<OpenedSession> {
  const user = await requireUser(deps, input)
  await requireSecondFactor(deps, user.id, input.code)
  if (input.invitation !== undefined) await join(deps, user, input.invitation)
  const session =
    (await tryOpenSession(deps, visitor, user, { ground: { passwordHash: user.passwordHash } })) ??
    (await signInAgain(deps, visitor, input))
  if (deps.passwords.isOutdated(user.passwordHash)) deps.background(hashAgain(deps, user, input.password))
  return session
}

async function requireUser(deps: AccountDeps, { email, password }: SignIn): Promise<UserRow> {
  const user = await deps.identity.findUser(email)
  const isRight = await deps.passwords.verify(password, user?.passwordHash ?? '')
  if (user === null || !isRight) throw new AppError('sign_in_refused')
  return user
}

/** What was stored changed while it was verified: another password opens nothing, the same one at another cost does. */
async function signInAgain(deps: AccountDeps, visitor: Visitor, input: SignIn): Promise<OpenedSession> {
  const user = await requireUser(deps, input)
  return openSession(deps, visitor, user, { ground: { passwordHash: user.passwordHash } })
}

/** A password is known only while somebody signs in: the time to store it at today's cost. */
async function hashAgain(deps: AccountDeps, { id, passwordHash }: UserRow, password: string): Promise<void> {
  await deps.persons.replaceHash(id, passwordHash, await deps.passwords.hash(password))
}
