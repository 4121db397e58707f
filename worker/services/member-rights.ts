import { coversScope, isWithinRole, type Role, ROLE_SCOPES } from '#core/contract/scopes'
import { AppError } from './app-error'
import type { Caller } from './caller'

/**
 * Refuses to give or take a role above one's own. A key gives what its scopes cover, and never `owner`; one that is limited
 * to some environments or workflows decides about nobody, because members are not limited.
 */
export function requireMayManage(caller: Caller, role: Role): void {
  if (!mayManage(caller, role)) throw new AppError('role_too_high', { detail: `You cannot decide about '${role}'.` })
}

function mayManage({ via, scopes, environments, workflowIds }: Caller, role: Role): boolean {
  if (via.kind === 'session') return isWithinRole(role, via.role)
  if (role === 'owner' || environments !== null || workflowIds !== null) return false
  return ROLE_SCOPES[role].every((scope) => coversScope(scopes, scope))
}
