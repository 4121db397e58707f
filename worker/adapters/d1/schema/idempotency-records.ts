import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/** Answers to calls that carried an Idempotency-Key, kept for a day. The answer is sealed: it may hold a new key. */
export const idempotencyRecords = sqliteTable(
  'idempotency_records',
  {
    organizationId: text('organization_id').notNull(),
    key: text().notNull(),
    fingerprint: text().notNull(),
    /** Null while the first call is in flight. */
    status: integer(),
    answer: text(),
    /** Until when an unanswered first call keeps others waiting. */
    lockedUntilAt: integer('locked_until_at').notNull(),
    expiresAt: integer('expires_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organizationId, table.key] }),
    index('idempotency_records_by_expiry').on(table.expiresAt),
  ],
)
