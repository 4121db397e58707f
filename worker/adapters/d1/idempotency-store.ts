import { and, eq, isNull, lt, sql } from 'drizzle-orm'
import { IDEMPOTENCY_KEY_MS } from '#core/model/idempotency'
import type { IdempotencyStore } from '../../ports/idempotency-store'
import type { Database } from './database'
import { idempotencyRecords as records } from './schema/idempotency-records'

const LOCK_MS = 60_000

/** Answered calls of one organization in D1. */
export function createIdempotencyStore(db: Database, organizationId: string): IdempotencyStore {
  const own = (key: string) => and(eq(records.organizationId, organizationId), eq(records.key, key))
  return {
    async begin(key, fingerprint, at) {
      const fresh = {
        fingerprint,
        status: null,
        answer: null,
        lockedUntilAt: at + LOCK_MS,
        expiresAt: at + IDEMPOTENCY_KEY_MS,
      }
      const isAbandoned = sql`${records.status} IS NULL AND ${records.lockedUntilAt} < ${at} AND ${records.fingerprint} = ${fingerprint}`
      const [, claimed] = await db.batch([
        db.delete(records).where(and(eq(records.organizationId, organizationId), lt(records.expiresAt, at))),
        db
          .insert(records)
          .values({ organizationId, key, ...fresh })
          .onConflictDoUpdate({ target: [records.organizationId, records.key], set: fresh, setWhere: isAbandoned })
          .returning({ key: records.key }),
      ])
      if (claimed.length > 0) return { kind: 'first' }
      const row = await db.select().from(records).where(own(key)).get()
      if (row === undefined) return { kind: 'in_flight', retryAfterMs: 1_000 }
      if (row.fingerprint !== fingerprint) return { kind: 'reused' }
      if (row.status === null) return { kind: 'in_flight', retryAfterMs: 1_000 }
      return { kind: 'answered', status: row.status, answer: row.answer ?? '' }
    },
    async finish(key, status, answer) {
      await db.update(records).set({ status, answer }).where(own(key))
    },
    async abandon(key) {
      await db.delete(records).where(and(own(key), isNull(records.status)))
    },
  }
}
