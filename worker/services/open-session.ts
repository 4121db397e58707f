import { encodeBytes } from '#core/kernel/crockford'
import type { EpochMs } from '#core/kernel/time'
import type { Membership, SessionGround } from '../ports/identity-store'
import type { AccountDeps, Visitor } from './accounts'
import { AppError } from './app-error'
import { csrfTokenOf } from './sessions'

export type OpenedSession = {
  readonly token: string
  readonly csrfToken: string
  readonly expiresAt: EpochMs
  readonly user: { readonly id: string; readonly email: string }
  readonly organizations: readonly Membership[]
}

export const SESSION_MS = 14 * 86_400_000
const DEVICE_CHARS_MAX = 200

type Deps = Pick<AccountDeps, 'clock' | 'randomBytes' | 'digest' | 'identity'>

type Terms = {
  /** The one joined first, unless another is named. */
  readonly organizationId?: string
  /** In 14 days, unless it follows a session that ends earlier. */
  readonly expiresAt?: EpochMs
  readonly ground?: SessionGround
}

/**
 * Opens a session with a token of its own. The session the browser had before ends: a token never lives on with other rights
 * than it was made for.
 */
export async function openSession(
  deps: Deps,
  visitor: Omit<Visitor, 'origin'>,
  user: OpenedSession['user'],
  terms: Terms = {},
): Promise<OpenedSession> {
  const session = await tryOpenSession(deps, visitor, user, terms)
  if (session === null) throw new AppError('sign_in_refused')
  return session
}

/** The same; null when the ground it was to be opened on is gone. */
export async function tryOpenSession(
  deps: Deps,
  visitor: Omit<Visitor, 'origin'>,
  { id, email }: OpenedSession['user'],
  { organizationId, ground, ...terms }: Terms,
): Promise<OpenedSession | null> {
  const organizations = await deps.identity.memberships(id)
  const chosen = organizations.find((it) => organizationId === undefined || it.organizationId === organizationId)
  if (chosen === undefined)
    throw new AppError('sign_in_refused', { detail: 'This account belongs to no organization.' })
  const at = deps.clock()
  const token = encodeBytes(deps.randomBytes(32))
  const { expiresAt = at + SESSION_MS } = terms
  const device = visitor.device?.slice(0, DEVICE_CHARS_MAX) ?? null
  const session = { tokenHash: deps.digest(token), userId: id, organizationId: chosen.organizationId, device }
  if (!(await deps.identity.createSession({ ...session, at, expiresAt }, ground))) return null
  if (visitor.sessionToken !== null) await deps.identity.deleteSession(deps.digest(visitor.sessionToken))
  return { token, csrfToken: csrfTokenOf(deps.digest, token), expiresAt, user: { id, email }, organizations }
}
