import type { Page, PageQuery } from '#core/contract/page'
import type { Role } from '#core/contract/scopes'
import { newId } from '#core/kernel/id'
import type { InvitationRow } from '../ports/invitation-store'
import type { Mailer } from '../ports/mailer'
import type { RateLimit } from '../ports/rate-limit'
import { AppError } from './app-error'
import { unknown } from './caller'
import { callingKey } from './calling-key'
import { mailedLink, newMailedToken } from './mailed-token'
import { requireMayManage } from './member-rights'
import { recordAudit } from './record-audit'
import type { ServiceContext } from './service-context'

const INVITATION_MS = 72 * 3_600_000

type Post = { readonly mailer: Mailer; readonly origin: string; readonly mailLimit: RateLimit }

/** Invites an address. The letter goes out before the invitation is kept: nobody waits for one that never came. */
export async function invite(
  ctx: ServiceContext,
  post: Post,
  wish: { readonly email: string; readonly role: Role },
): Promise<InvitationRow> {
  requireMayManage(ctx.caller, wish.role)
  if (!(await ctx.stores.members.hasVerifiedOwner())) throw new AppError('email_unverified')
  if (await ctx.stores.members.isMember(wish.email)) throw new AppError('already_member')
  if (!(await post.mailLimit(`invite:${ctx.stores.organizationId}`))) {
    throw new AppError('rate_limited', { retryAfterSeconds: 60 })
  }
  const at = ctx.clock()
  const token = newMailedToken(ctx.randomBytes)
  const row = {
    id: newId('inv', at, ctx.randomBytes),
    ...wish,
    createdAt: at,
    createdBy: ctx.caller.actor,
    expiresAt: at + INVITATION_MS,
  }
  await post.mailer.send({
    to: wish.email,
    subject: 'You are invited to Millrace',
    text: [
      `You are invited to work on Millrace as ${wish.role}.`,
      `To accept within three days, open\n${mailedLink(post.origin, 'accept-invitation', token)}`,
      'If you do not know why, leave this letter alone: nothing happens then.',
    ].join('\n\n'),
  })
  await callingKey(ctx)
  await ctx.stores.invitations.insert(row, ctx.digest(token))
  await recordAudit(ctx, 'invitation.sent', row.id, { email: wish.email, role: wish.role })
  return row
}

export function listInvitations(ctx: ServiceContext, query: PageQuery): Promise<Page<InvitationRow>> {
  return ctx.stores.invitations.list(query, ctx.clock())
}

/** Withdraws an invitation that was not accepted yet. */
export async function withdrawInvitation(ctx: ServiceContext, id: string): Promise<void> {
  requireMayManage(ctx.caller, 'viewer')
  if (!(await ctx.stores.invitations.remove(id))) throw unknown('invitation', id)
  await recordAudit(ctx, 'invitation.withdrawn', id)
}
