import { coversScope, ROLE_SCOPES } from '#core/contract/scopes'
import type { Clock } from '#core/kernel/time'
import type { Digest } from '../ports/digest'
import type { IdentityStore, SessionRow } from '../ports/identity-store'
import type { Caller } from './caller'

const IDLE_MS = 12 * 3_600_000
const TOUCH_MS = 5 * 60_000

/** The token a page must send along, derived from the session so that nothing more is stored. */
export function csrfTokenOf(digest: Digest, sessionToken: string): string {
  return digest('csrf:', sessionToken)
}

/** The member behind a session token, or null when it ended: after 14 days, 12 idle hours, or by signing out. */
export async function findSession(
  deps: { readonly clock: Clock; readonly digest: Digest; readonly identity: IdentityStore },
  token: string,
): Promise<Caller | null> {
  const tokenHash = deps.digest(token)
  const session = await deps.identity.findSession(tokenHash)
  const at = deps.clock()
  if (session === null || session.expiresAt <= at || session.seenAt + IDLE_MS <= at) return null
  if (session.seenAt + TOUCH_MS <= at) await deps.identity.touchSession(tokenHash, at)
  return {
    organizationId: session.organizationId,
    actor: session.user,
    scopes: ROLE_SCOPES[session.role],
    environments: null,
    ...(await reach(deps.identity, session)),
    via: {
      kind: 'session',
      tokenHash,
      csrfToken: csrfTokenOf(deps.digest, token),
      role: session.role,
      expiresAt: session.expiresAt,
    },
  }
}

/** What restricted projects leave of the organization, and what roles in projects add. Who decides about members sees everything. */
async function reach(identity: IdentityStore, { organizationId, user, role }: SessionRow) {
  const mayAll = coversScope(ROLE_SCOPES[role], 'members:write')
  const apart = mayAll ? [] : await identity.projectsApart(organizationId, user.id)
  const closedProjectIds = apart.filter(({ isClosed }) => isClosed).map(({ id }) => id)
  const projectRoles = apart.flatMap(({ id, role }) => (role === null ? [] : [{ id, role }]))
  const workflowIds =
    closedProjectIds.length === 0 ? null : await identity.workflowsOutside(organizationId, closedProjectIds)
  return { closedProjectIds, projectRoles, workflowIds }
}
