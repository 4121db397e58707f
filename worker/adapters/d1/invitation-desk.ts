import { and, eq, exists, gt, isNull, sql } from 'drizzle-orm'
import type { EpochMs } from '#core/kernel/time'
import type { InvitationDesk } from '../../ports/invitation-desk'
import type { NewIdentity } from '../../ports/linked-identity-store'
import { type Database, openDatabase } from './database'
import { isKept } from './is-kept'
import { identities } from './schema/identities'
import { invitations } from './schema/invitations'
import { members } from './schema/members'
import { organizations } from './schema/organizations'
import { users } from './schema/users'

/** Where invitations are handed in, in D1. */
export function createInvitationDesk(binding: D1Database): InvitationDesk {
  const db = openDatabase(binding)
  return {
    async find(tokenHash, at) {
      const row = await db
        .select({
          organizationId: invitations.organizationId,
          organizationName: organizations.name,
          email: invitations.email,
          role: invitations.role,
        })
        .from(invitations)
        .innerJoin(organizations, eq(organizations.id, invitations.organizationId))
        .where(isOpen(tokenHash, at))
        .get()
      return row ?? null
    },
    async accept(tokenHash, userId, at) {
      const [used] = await db.batch(acceptance(db, tokenHash, userId, at))
      return used.length > 0
    },
    async acceptAs(tokenHash, user, at, identity) {
      const isTaken = async () => (await db.select().from(users).where(eq(users.email, user.email)).get()) !== undefined
      if (await isTaken()) return 'email_taken'
      const create = db.insert(users).select(
        db
          .select({
            id: sql<string>`${user.id}`.as('id'),
            email: invitations.email,
            passwordHash: sql<string>`${user.passwordHash}`.as('password_hash'),
            emailVerifiedAt: sql<number>`${at}`.as('email_verified_at'),
            createdAt: sql<number>`${at}`.as('created_at'),
          })
          .from(invitations)
          .where(isOpen(tokenHash, at)),
      )
      try {
        const linked = identity === undefined ? [] : [linkIfCreated(db, user.id, identity, at)]
        const [, used] = await db.batch([create, ...acceptance(db, tokenHash, user.id, at), ...linked])
        return used.length > 0 ? 'accepted' : 'ended'
      } catch (error) {
        if (await isTaken()) return 'email_taken'
        throw error
      }
    },
  }
}

/** An invitation that ended has created nobody. */
function linkIfCreated(db: Database, userId: string, identity: NewIdentity, at: EpochMs) {
  const { issuer, subject, id, provider, email } = identity
  return db.insert(identities).select(
    db
      .select({
        issuer: sql<string>`${issuer}`.as('issuer'),
        subject: sql<string>`${subject}`.as('subject'),
        id: sql<string>`${id}`.as('identity_id'),
        userId: users.id,
        provider: sql<string>`${provider}`.as('provider'),
        email: sql<string>`${email}`.as('identity_email'),
        createdAt: sql<number>`${at}`.as('identity_created_at'),
        usedAt: sql<number>`${at}`.as('used_at'),
      })
      .from(users)
      .where(eq(users.id, userId)),
  )
}

const isOpen = (tokenHash: string, at: EpochMs) =>
  and(
    eq(invitations.tokenHash, tokenHash),
    isNull(invitations.acceptedAt),
    gt(invitations.expiresAt, at),
    isKept(invitations.organizationId),
  )

/** Uses the invitation up; what follows happens only to the user it was used by. */
function acceptance(db: Database, tokenHash: string, userId: string, at: EpochMs) {
  const used = and(eq(invitations.tokenHash, tokenHash), eq(invitations.acceptedBy, userId))
  return [
    db
      .update(invitations)
      .set({ acceptedAt: at, acceptedBy: userId })
      .where(isOpen(tokenHash, at))
      .returning({ id: invitations.id }),
    db
      .insert(members)
      .select(
        db
          .select({
            organizationId: invitations.organizationId,
            userId: sql<string>`${userId}`.as('user_id'),
            role: invitations.role,
            createdAt: sql<number>`${at}`.as('created_at'),
          })
          .from(invitations)
          .where(and(used, eq(invitations.acceptedAt, at))),
      )
      .onConflictDoNothing(),
    db
      .update(users)
      .set({ emailVerifiedAt: sql`coalesce(${users.emailVerifiedAt}, ${at})` })
      .where(and(eq(users.id, userId), exists(db.select({ id: invitations.id }).from(invitations).where(used)))),
  ] as const
}
