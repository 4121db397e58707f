import { toIso } from '#core/kernel/time'
import type { InvitationRow } from '../../ports/invitation-store'
import type { MemberRow } from '../../ports/member-store'
import { invite, listInvitations, withdrawInvitation } from '../../services/invitations'
import { join } from '../../services/join'
import { requirePerson } from '../../services/own-account'
import { changeMember, listMembers, removeMember } from '../../services/members'
import type { SomeHandlers } from '../handler'

type Names =
  | 'listMembers'
  | 'changeMember'
  | 'removeMember'
  | 'createInvitation'
  | 'listInvitations'
  | 'deleteInvitation'
  | 'acceptInvitation'

export const peopleHandlers: SomeHandlers<Names> = {
  async listMembers({ ctx, query }) {
    const page = await listMembers(ctx, query)
    return { status: 200, body: { items: page.items.map(memberBody), nextCursor: page.nextCursor } }
  },
  async changeMember({ ctx, params, body, keys }) {
    return { status: 200, body: memberBody(await changeMember(ctx, keys, params.id, body.role)) }
  },
  async removeMember({ ctx, params, keys }) {
    await removeMember(ctx, keys, params.id)
    return { status: 204, body: null }
  },
  async createInvitation({ ctx, accounts, body, request }) {
    const origin = accounts.originOf(request.url)
    const row = await invite(ctx, { mailer: accounts.mailer, origin, mailLimit: accounts.signInLimit }, body)
    return { status: 201, body: invitationBody(row), headers: { location: '/v1/invitations' } }
  },
  async listInvitations({ ctx, query }) {
    const page = await listInvitations(ctx, query)
    return { status: 200, body: { items: page.items.map(invitationBody), nextCursor: page.nextCursor } }
  },
  async deleteInvitation({ ctx, params }) {
    await withdrawInvitation(ctx, params.id)
    return { status: 204, body: null }
  },
  async acceptInvitation({ ctx, accounts, body }) {
    const { organizationId, organizationName, role } = await join(accounts, requirePerson(ctx.caller), body.token)
    return { status: 200, body: { organizationId, name: organizationName, role } }
  },
}

function memberBody({ id, email, emailVerifiedAt, role, joinedAt }: MemberRow) {
  return { id, email, emailVerified: emailVerifiedAt !== null, role, joinedAt: toIso(joinedAt) }
}

function invitationBody({ createdAt, expiresAt, ...row }: InvitationRow) {
  return { ...row, createdAt: toIso(createdAt), expiresAt: toIso(expiresAt) }
}
