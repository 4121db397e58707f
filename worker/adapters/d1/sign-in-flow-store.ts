import { and, eq, gt, lte } from 'drizzle-orm'
import type { EpochMs } from '#core/kernel/time'
import type { SignInFlowStore } from '../../ports/sign-in-flow-store'
import { openDatabase } from './database'
import { signInFlows } from './schema/sign-in-flows'

/** Sign-ins under way, in D1. */
export function createSignInFlowStore(binding: D1Database): SignInFlowStore {
  const db = openDatabase(binding)
  const { hash: key, expiresAt: end } = signInFlows
  const open = (hash: string, at: EpochMs) => and(eq(key, hash), gt(end, at))
  return {
    async put(hash, at, expiresAt) {
      await db.batch([db.delete(signInFlows).where(lte(end, at)), db.insert(signInFlows).values({ hash, expiresAt })])
    },
    async isOpen(hash, at) {
      return (await db.select({ hash: key }).from(signInFlows).where(open(hash, at)).get()) !== undefined
    },
    async take(hash, at) {
      return (await db.delete(signInFlows).where(open(hash, at)).returning({ hash: key })).length > 0
    },
  }
}
