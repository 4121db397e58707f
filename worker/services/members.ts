import type { Page, PageQuery } from '#core/contract/page'
import { coversScope, isWithinRole, type Role, ROLE_SCOPES, ROLES, type Scope } from '#core/contract/scopes'
import type { MemberRow } from '../ports/member-store'
import { AppError } from './app-error'
import { unknown } from './caller'
import { requireMayManage } from './member-rights'
import { recordAudit } from './record-audit'
import type { ServiceContext } from './service-context'

export function listMembers(ctx: ServiceContext, query: PageQuery): Promise<Page<MemberRow>> {
  return ctx.stores.members.list(query)
}

type KeyMemory = { forget(id: string): void }

/**
 * Gives a member another role. Their sessions here end, so that the next one is made for the new role; so do keys they made
 * and invitations they sent that the new role could not: a role that makes no keys keeps none.
 */
export async function changeMember(ctx: ServiceContext, keys: KeyMemory, id: string, role: Role): Promise<MemberRow> {
  const member = await manageable(ctx, id)
  requireMayManage(ctx.caller, role)
  if (member.role === role) return member
  if (!(await ctx.stores.members.changeRole(id, member.role, role))) throw lastOwner(member)
  const may = (scope: string) => coversScope(ROLE_SCOPES[role], scope as Scope)
  await endKeys(ctx, keys, id, (scopes) => may('keys:write') && scopes.every(may))
  const within = ROLES.filter((other) => isWithinRole(other, role))
  await ctx.stores.invitations.withdrawOf(id, may('members:write') ? within : [])
  await recordAudit(ctx, 'member.changed', id, { from: member.role, to: role })
  return { ...member, role }
}

/** Removes a member: from the next request on they are nobody here, and so is every key they made. */
export async function removeMember(ctx: ServiceContext, keys: KeyMemory, id: string): Promise<void> {
  const member = await manageable(ctx, id)
  if (!(await ctx.stores.members.remove(id, member.role))) throw lastOwner(member)
  await endKeys(ctx, keys, id, () => false)
  await recordAudit(ctx, 'member.removed', id, { email: member.email, role: member.role })
}

async function manageable(ctx: ServiceContext, id: string): Promise<MemberRow> {
  const member = await ctx.stores.members.find(id)
  if (member === null) throw unknown('member', id)
  requireMayManage(ctx.caller, member.role)
  return member
}

async function endKeys(
  ctx: ServiceContext,
  keys: KeyMemory,
  userId: string,
  isKept: (scopes: readonly string[]) => boolean,
): Promise<void> {
  const { keyIds } = await ctx.stores.members.revokeKeys(userId, ctx.clock(), isKept)
  for (const keyId of keyIds) {
    keys.forget(keyId)
    await recordAudit(ctx, 'key.revoked', keyId, { because: userId })
  }
}

/** Somebody else may have changed the member in between; then the same answer is safe, and rare. */
function lastOwner({ email }: MemberRow): AppError {
  return new AppError('last_owner', { detail: `${email} is the last owner.` })
}
