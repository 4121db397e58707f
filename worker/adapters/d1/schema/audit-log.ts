import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'

/** Who changed and read what, and when. Rows are inserted, never updated; each holds the hash of all before it. */
export const auditLog = sqliteTable(
  'audit_log',
  {
    id: text().primaryKey(),
    organizationId: text('organization_id').notNull(),
    at: integer().notNull(),
    actorId: text('actor_id').notNull(),
    actorEmail: text('actor_email'),
    action: text().notNull(),
    target: text().notNull(),
    detail: text(),
    /** Place in the organization's chain, from 1; null for what was written before there was one. */
    seq: integer(),
    hash: text(),
  },
  (table) => [
    index('audit_log_by_organization').on(table.organizationId, table.at),
    uniqueIndex('audit_log_chain').on(table.organizationId, table.seq),
  ],
)
