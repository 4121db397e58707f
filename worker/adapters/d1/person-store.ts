import { and, desc, eq, exists, gt, ne, sql } from 'drizzle-orm'
import type { PersonStore } from '../../ports/person-store'
import { openDatabase } from './database'
import { isOpenToken } from './open-token'
import { resetByMail } from './reset-by-mail'
import { secondFactors } from './schema/second-factors'
import { sessions } from './schema/sessions'
import { userTokens } from './schema/user-tokens'
import { users } from './schema/users'

/** What belongs to a person, in D1. */
export function createPersonStore(binding: D1Database): PersonStore {
  const db = openDatabase(binding)
  const has = (userId: string, hash: string) => and(eq(users.id, userId), eq(users.passwordHash, hash))
  return {
    async putToken(token) {
      const earlier = and(eq(userTokens.userId, token.userId), eq(userTokens.purpose, token.purpose))
      await db.batch([db.delete(userTokens).where(earlier), db.insert(userTokens).values(token)])
    },
    async takeToken(tokenHash, purpose, at) {
      const [taken] = await db
        .delete(userTokens)
        .where(isOpenToken(tokenHash, purpose, at))
        .returning({ userId: userTokens.userId })
      return taken ?? null
    },
    async isOpenToken(tokenHash, purpose, at) {
      const found = db
        .select({ userId: userTokens.userId })
        .from(userTokens)
        .where(isOpenToken(tokenHash, purpose, at))
      return (await found.get()) !== undefined
    },
    resetPassword(tokenHash, passwordHash, at) {
      return resetByMail(db, { tokenHash, passwordHash, at })
    },
    async markVerified(userId, at) {
      await db
        .update(users)
        .set({ emailVerifiedAt: sql`coalesce(${users.emailVerifiedAt}, ${at})` })
        .where(eq(users.id, userId))
    },
    async changePassword(userId, before, after) {
      const isChanged = exists(db.select({ id: users.id }).from(users).where(has(userId, after)))
      const [changed] = await db.batch([
        db.update(users).set({ passwordHash: after }).where(has(userId, before)).returning({ id: users.id }),
        db.delete(sessions).where(and(eq(sessions.userId, userId), isChanged)),
        db
          .update(secondFactors)
          .set({ guesses: 0 })
          .where(and(eq(secondFactors.userId, userId), isChanged)),
        db
          .delete(userTokens)
          .where(and(eq(userTokens.userId, userId), eq(userTokens.purpose, 'reset_password'), isChanged)),
      ])
      return changed.length > 0
    },
    async replaceHash(userId, before, after) {
      await db.update(users).set({ passwordHash: after }).where(has(userId, before))
    },
    sessions(userId, at) {
      const { tokenHash, organizationId, device, createdAt, seenAt, expiresAt } = sessions
      return db
        .select({ tokenHash, organizationId, device, createdAt, seenAt, expiresAt })
        .from(sessions)
        .where(and(eq(sessions.userId, userId), gt(sessions.expiresAt, at)))
        .orderBy(desc(sessions.seenAt))
    },
    async endSession(userId, tokenHash) {
      await db.delete(sessions).where(and(eq(sessions.userId, userId), eq(sessions.tokenHash, tokenHash)))
    },
    async endOtherSessions(userId, kept, at) {
      const ended = await db
        .delete(sessions)
        .where(and(eq(sessions.userId, userId), ne(sessions.tokenHash, kept)))
        .returning({ expiresAt: sessions.expiresAt })
      return ended.filter(({ expiresAt }) => expiresAt > at).length
    },
  }
}
