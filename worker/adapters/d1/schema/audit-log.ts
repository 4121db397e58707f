import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/** Who changed what, and when. Rows are inserted, never updated. */
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
  },
  (table) => [index('audit_log_by_organization').on(table.organizationId, table.at)],
)
