import { and, eq, exists, ne, or } from 'drizzle-orm'
import { alias } from 'drizzle-orm/sqlite-core'
import type { LinkedIdentityStore } from '../../ports/linked-identity-store'
import { openDatabase } from './database'
import { isOneOf } from './is-one-of'
import { identities } from './schema/identities'
import { users } from './schema/users'

/** The accounts people have elsewhere, in D1. */
export function createLinkedIdentityStore(binding: D1Database): LinkedIdentityStore {
  const db = openDatabase(binding)
  const others = alias(identities, 'others')
  const named = (issuer: string, subject: string) => and(eq(identities.issuer, issuer), eq(identities.subject, subject))
  return {
    async findUser(issuer, subject) {
      const row = await db
        .select({ id: users.id, email: users.email })
        .from(identities)
        .innerJoin(users, eq(users.id, identities.userId))
        .where(named(issuer, subject))
        .get()
      return row ?? null
    },
    async touch({ issuer, subject, email }, at) {
      await db.update(identities).set({ email, usedAt: at }).where(named(issuer, subject))
    },
    async connect(userId, identity, at) {
      const kept = await db
        .insert(identities)
        .values({ ...identity, userId, createdAt: at, usedAt: at })
        .onConflictDoUpdate({
          target: [identities.issuer, identities.subject],
          set: { email: identity.email },
          setWhere: eq(identities.userId, userId),
        })
        .returning({ id: identities.id })
      return kept.length > 0
    },
    list(userId) {
      const { id, provider, email, createdAt, usedAt } = identities
      return db
        .select({ id, provider, email, createdAt, usedAt })
        .from(identities)
        .where(eq(identities.userId, userId))
        .orderBy(createdAt)
    },
    async disconnect(userId, id, providers) {
      const own = and(eq(identities.userId, userId), eq(identities.id, id))
      const isWayIn = and(eq(others.userId, userId), ne(others.id, id), isOneOf(others.provider, providers))
      const hasPassword = and(eq(users.id, userId), ne(users.passwordHash, ''))
      const hasOther = or(
        exists(db.select({ id: users.id }).from(users).where(hasPassword)),
        exists(db.select({ id: others.id }).from(others).where(isWayIn)),
      )
      const gone = await db.delete(identities).where(and(own, hasOther)).returning({ id: identities.id })
      if (gone.length > 0) return 'gone'
      const left = await db.select({ id: identities.id }).from(identities).where(own).get()
      return left === undefined ? 'unknown' : 'last'
    },
  }
}
