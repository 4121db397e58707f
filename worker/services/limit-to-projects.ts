import { coversScope, PROJECT_ROLES, projectScopes, type Scope } from '#core/contract/scopes'
import type { IdentityStore } from '../ports/identity-store'
import type { Caller } from './caller'

/**
 * Who may not do something everywhere may do it in projects where their role allows it: the call then reaches the workflows of
 * these projects and no others, as with a key that was made for them. Null when no project allows it.
 */
export async function limitToProjects(
  identity: Pick<IdentityStore, 'workflowsInside'>,
  caller: Caller,
  scope: Scope,
): Promise<Caller | null> {
  const places = caller.projectRoles.filter(({ role }) => coversScope(projectScopes(role), scope))
  // What a call needs besides, it must be allowed in each of them.
  const lowest = PROJECT_ROLES.find((wanted) => places.some(({ role }) => role === wanted))
  if (lowest === undefined) return null
  const projectIds = places.map(({ id }) => id)
  return {
    ...caller,
    scopes: [...new Set([...caller.scopes, ...projectScopes(lowest)])],
    workflowIds: await identity.workflowsInside(caller.organizationId, projectIds),
    only: { projectIds, scope, seenWorkflowIds: caller.workflowIds },
  }
}
