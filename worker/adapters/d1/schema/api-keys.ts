import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { organizations } from './organizations'

/** Only a hash of the key is kept; `prefix` finds the row. */
export const apiKeys = sqliteTable(
  'api_keys',
  {
    id: text().primaryKey(),
    organizationId: text('organization_id')
      .notNull()
      .references(() => organizations.id),
    name: text().notNull(),
    prefix: text().notNull().unique(),
    hash: text().notNull(),
    scopes: text().notNull(),
    environments: text(),
    workflowIds: text('workflow_ids'),
    createdAt: integer('created_at').notNull(),
    createdById: text('created_by_id').notNull(),
    createdByEmail: text('created_by_email'),
    expiresAt: integer('expires_at'),
    lastUsedAt: integer('last_used_at'),
    revokedAt: integer('revoked_at'),
  },
  (table) => [index('api_keys_by_organization').on(table.organizationId, table.id)],
)
