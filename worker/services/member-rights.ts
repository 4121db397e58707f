import {
  coversScope,
  isWithinRole,
  type ProjectRole,
  projectScopes,
  type Role,
  ROLE_SCOPES,
} from '#core/contract/scopes'
import { AppError } from './app-error'
import { type Caller, requireUnlimited } from './caller'

/**
 * Refuses to give or take a role above one's own. A key gives what its scopes cover, and never `owner`; one that is limited
 * to some environments or workflows decides about nobody, because members are not limited.
 */
export function requireMayManage(caller: Caller, role: Role): void {
  if (!mayManage(caller, role)) throw new AppError('role_too_high', { detail: `You cannot decide about '${role}'.` })
}

/** Refuses to give somebody more in a project than the caller may do in all of them; null = what they may do anyway. */
export function requireMayGive(caller: Caller, role: ProjectRole | null): void {
  requireUnlimited(caller)
  if (role === null || projectScopes(role).every((scope) => coversScope(caller.scopes, scope))) return
  throw new AppError('role_too_high', { detail: `You cannot give the role '${role}'.` })
}

function mayManage({ via, scopes, environments, workflowIds }: Caller, role: Role): boolean {
  if (via.kind === 'session') return isWithinRole(role, via.role)
  if (role === 'owner' || environments !== null || workflowIds !== null) return false
  return ROLE_SCOPES[role].every((scope) => coversScope(scopes, scope))
}
