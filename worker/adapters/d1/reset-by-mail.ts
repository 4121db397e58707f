import { and, eq, isNull, type SQL, sql, type SQLWrapper } from 'drizzle-orm'
import type { EpochMs } from '#core/kernel/time'
import type { Database } from './database'
import { isOpenToken } from './open-token'
import { identities } from './schema/identities'
import { recoveryCodes } from './schema/recovery-codes'
import { secondFactors } from './schema/second-factors'
import { sessions } from './schema/sessions'
import { userTokens } from './schema/user-tokens'
import { users } from './schema/users'

type Reset = { readonly tokenHash: string; readonly passwordHash: string; readonly at: EpochMs }

/** Sets a password by a mailed token and uses it up, in one transaction. False when there is no such token any more. */
export async function resetByMail(db: Database, { tokenHash, passwordHash, at }: Reset): Promise<boolean> {
  const isOpen = isOpenToken(tokenHash, 'reset_password', at)
  const holder = db.select({ id: userTokens.userId }).from(userTokens).where(isOpen)
  const unproven = db
    .select({ id: users.id })
    .from(users)
    .innerJoin(userTokens, eq(userTokens.userId, users.id))
    .where(and(isOpen, isNull(users.emailVerifiedAt)))
  // All that goes before asks who holds the token, so the token goes last; of two at once the second finds none, and does nothing.
  const done = await db.batch([
    db.delete(identities).where(isIn(identities.userId, unproven)),
    db.delete(recoveryCodes).where(isIn(recoveryCodes.userId, unproven)),
    db.delete(secondFactors).where(isIn(secondFactors.userId, unproven)),
    db.update(secondFactors).set({ guesses: 0 }).where(isIn(secondFactors.userId, holder)),
    db.delete(sessions).where(isIn(sessions.userId, holder)),
    db
      .update(users)
      .set({ passwordHash, emailVerifiedAt: sql`coalesce(${users.emailVerifiedAt}, ${at})` })
      .where(isIn(users.id, holder)),
    db.delete(userTokens).where(isOpen).returning({ userId: userTokens.userId }),
  ])
  return done[6].length > 0
}

function isIn(column: SQLWrapper, ids: SQLWrapper): SQL {
  return sql`${column} IN ${ids}`
}
