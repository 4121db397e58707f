import { and, desc, eq, gt, isNull, lt, not } from 'drizzle-orm'
import type { InvitationStore } from '../../ports/invitation-store'
import type { Database } from './database'
import { isOneOf } from './is-one-of'
import { invitations } from './schema/invitations'
import { isSentBy } from './sent-by'
import { toPage } from './to-page'

/** The open invitations of one organization in D1. */
export function createInvitationStore(db: Database, organizationId: string): InvitationStore {
  const open = and(eq(invitations.organizationId, organizationId), isNull(invitations.acceptedAt))
  return {
    async insert({ createdBy, ...row }, tokenHash) {
      await db.batch([
        db.delete(invitations).where(and(open, eq(invitations.email, row.email))),
        db
          .insert(invitations)
          .values({ ...row, organizationId, tokenHash, createdById: createdBy.id, createdByEmail: createdBy.email }),
      ])
    },
    async list({ limit, cursor }, at) {
      const after = cursor === undefined ? undefined : lt(invitations.id, cursor)
      const rows = await db
        .select()
        .from(invitations)
        .where(and(open, gt(invitations.expiresAt, at), after))
        .orderBy(desc(invitations.id))
        .limit(limit + 1)
      return toPage(rows, limit, toInvitation, (row) => row.id)
    },
    async remove(id) {
      const gone = await db
        .delete(invitations)
        .where(and(open, eq(invitations.id, id)))
        .returning({ id: invitations.id })
      return gone.length > 0
    },
    async withdrawOf(userId, roles) {
      const tooHigh = not(isOneOf(invitations.role, roles))
      await db.delete(invitations).where(and(isSentBy(organizationId, userId), tooHigh))
    },
  }
}

function toInvitation({ id, email, role, createdAt, expiresAt, ...by }: typeof invitations.$inferSelect) {
  return { id, email, role, createdAt, createdBy: { id: by.createdById, email: by.createdByEmail }, expiresAt }
}
