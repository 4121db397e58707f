import { and, count, eq, isNull, lt, sql, type SQL } from 'drizzle-orm'
import type { SecondFactorStore } from '../../ports/second-factor-store'
import { openDatabase } from './database'
import { recoveryCodes } from './schema/recovery-codes'
import { secondFactors } from './schema/second-factors'

/** The second factors of people, in D1. */
export function createSecondFactorStore(binding: D1Database): SecondFactorStore {
  const db = openDatabase(binding)
  const { userId: owner, secret, confirmedAt, lastStep, guesses } = secondFactors
  /** A row for each recovery code, or none unless the condition holds. */
  const codesFor = (userId: string, codeHashes: readonly string[], condition: SQL) =>
    db
      .select({ codeHash: sql<string>`value`.as('code_hash'), userId: sql<string>`${userId}`.as('user_id') })
      .from(sql`json_each(${JSON.stringify(codeHashes)})`)
      .where(condition)
  return {
    async find(userId) {
      return (
        (await db.select({ secret, confirmedAt, lastStep }).from(secondFactors).where(eq(owner, userId)).get()) ?? null
      )
    },
    async enrol(userId, sealed) {
      const kept = await db
        .insert(secondFactors)
        .values({ userId, secret: sealed, confirmedAt: null, lastStep: 0 })
        .onConflictDoUpdate({
          target: owner,
          set: { secret: sealed, lastStep: 0, guesses: 0 },
          setWhere: isNull(confirmedAt),
        })
        .returning({ userId: owner })
      return kept.length > 0
    },
    async confirm(userId, at, codeHashes) {
      const isOurs = sql`EXISTS (SELECT 1 FROM second_factors WHERE user_id = ${userId} AND confirmed_at = ${at})`
      const [confirmed] = await db.batch([
        db
          .update(secondFactors)
          .set({ confirmedAt: at })
          .where(and(eq(owner, userId), isNull(confirmedAt)))
          .returning({ userId: owner }),
        db.delete(recoveryCodes).where(and(eq(recoveryCodes.userId, userId), isOurs)),
        db.insert(recoveryCodes).select(codesFor(userId, codeHashes, isOurs)),
      ])
      return confirmed.length > 0
    },
    async replaceRecoveryCodes(userId, codeHashes) {
      const isOn = sql`EXISTS (SELECT 1 FROM second_factors WHERE user_id = ${userId} AND confirmed_at IS NOT NULL)`
      const [, kept] = await db.batch([
        db.delete(recoveryCodes).where(and(eq(recoveryCodes.userId, userId), isOn)),
        db
          .insert(recoveryCodes)
          .select(codesFor(userId, codeHashes, isOn))
          .returning({ userId: recoveryCodes.userId }),
      ])
      return kept.length > 0
    },
    async countGuess(userId, most) {
      const counted = await db
        .update(secondFactors)
        .set({ guesses: sql`${guesses} + 1` })
        .where(and(eq(owner, userId), lt(guesses, most)))
        .returning({ userId: owner })
      return counted.length > 0
    },
    async takeStep(userId, step) {
      const taken = await db
        .update(secondFactors)
        .set({ lastStep: step, guesses: 0 })
        .where(and(eq(owner, userId), lt(lastStep, step)))
        .returning({ userId: owner })
      return taken.length > 0
    },
    async takeRecoveryCode(userId, codeHash) {
      const taken = await db
        .delete(recoveryCodes)
        .where(and(eq(recoveryCodes.userId, userId), eq(recoveryCodes.codeHash, codeHash)))
        .returning({ userId: recoveryCodes.userId })
      return taken.length > 0
    },
    async countRecoveryCodes(userId) {
      const [row] = await db.select({ n: count() }).from(recoveryCodes).where(eq(recoveryCodes.userId, userId))
      return row?.n ?? 0
    },
    async remove(userId) {
      await db.batch([
        db.delete(recoveryCodes).where(eq(recoveryCodes.userId, userId)),
        db.delete(secondFactors).where(eq(owner, userId)),
      ])
    },
  }
}
