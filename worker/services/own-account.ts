import type { EpochMs } from '#core/kernel/time'
import type { AccountDeps, Visitor } from './accounts'
import { AppError } from './app-error'
import { type Caller, unknown } from './caller'
import { type OpenedSession, openSession, tryOpenSession } from './open-session'

type Person = {
  readonly id: string
  readonly email: string
  readonly tokenHash: string
  readonly organizationId: string
  readonly sessionEndsAt: EpochMs
}

/** Who is signed in; refuses API keys. */
export function requirePerson({ via, actor, organizationId }: Caller): Person {
  if (via.kind !== 'session') throw new AppError('person_required')
  const { tokenHash, expiresAt: sessionEndsAt } = via
  return { id: actor.id, email: actor.email ?? '', tokenHash, organizationId, sessionEndsAt }
}

/** Who is signed in, whether their address is confirmed, and where they are a member. Null for a key: it is nobody. */
export async function ownProfile(deps: Pick<AccountDeps, 'identity'>, { via, actor }: Caller) {
  if (via.kind !== 'session') return null
  const email = actor.email ?? ''
  const [user, organizations] = await Promise.all([deps.identity.findUser(email), deps.identity.memberships(actor.id)])
  return { user: { id: actor.id, email, emailVerifiedAt: user?.emailVerifiedAt ?? null }, organizations }
}

/**
 * Sets another password. Every session ends, and who asked goes on under a new token. One that was changed meanwhile stays:
 * the password given is not the current one any more.
 */
export async function changePassword(
  deps: AccountDeps,
  visitor: Visitor,
  caller: Caller,
  input: { readonly current: string; readonly next: string },
): Promise<OpenedSession> {
  const person = requirePerson(caller)
  const user = await deps.identity.findUser(person.email)
  const before = user?.passwordHash ?? ''
  if (!(await deps.passwords.verify(input.current, before))) throw new AppError('password_wrong')
  const passwordHash = await deps.passwords.hash(input.next)
  if (!(await deps.persons.changePassword(person.id, before, passwordHash))) throw new AppError('password_wrong')
  return openSession(deps, visitor, person, { organizationId: person.organizationId, ground: { passwordHash } })
}

/** Goes on in another organization, until the session would have ended. To who is no member, it does not exist. */
export async function switchOrganization(
  deps: AccountDeps,
  visitor: Visitor,
  caller: Caller,
  organizationId: string,
): Promise<OpenedSession> {
  const person = requirePerson(caller)
  const own = await deps.identity.memberships(person.id)
  if (!own.some((it) => it.organizationId === organizationId)) throw unknown('organization', organizationId)
  const { tokenHash, sessionEndsAt: expiresAt } = person
  const session = await tryOpenSession(deps, visitor, person, { organizationId, expiresAt, ground: { tokenHash } })
  if (session === null) throw new AppError('unauthorized', { detail: 'The session has ended.' })
  return session
}

const ID_CHARS = 26

/** A name for a session that says nothing about its token. */
const idOf = (tokenHash: string) => `sess_${tokenHash.slice(0, ID_CHARS)}`

/** Where a person is signed in. */
export async function ownSessions(deps: Pick<AccountDeps, 'persons' | 'clock'>, caller: Caller) {
  const person = requirePerson(caller)
  const sessions = await deps.persons.sessions(person.id, deps.clock())
  return sessions.map(({ tokenHash, ...session }) => ({
    ...session,
    id: idOf(tokenHash),
    isCurrent: tokenHash === person.tokenHash,
  }))
}

/** Ends all of one's own sessions but the one that asks. Answers how many were still good. */
export function endOtherSessions(deps: Pick<AccountDeps, 'persons' | 'clock'>, caller: Caller): Promise<number> {
  const person = requirePerson(caller)
  return deps.persons.endOtherSessions(person.id, person.tokenHash, deps.clock())
}

/** Ends one of one's own sessions. Another person's does not exist here, and neither does any for a key. */
export async function endOwnSession(deps: AccountDeps, caller: Caller, id: string): Promise<void> {
  const { via, actor } = caller
  const own = via.kind === 'session' ? await deps.persons.sessions(actor.id, deps.clock()) : []
  const session = own.find(({ tokenHash }) => idOf(tokenHash) === id)
  if (session === undefined) throw unknown('session', id)
  await deps.persons.endSession(actor.id, session.tokenHash)
}
