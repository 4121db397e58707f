import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { organizations } from './organizations'

/** Who was asked to become a member, in which role. The token is known to the letter only. */
export const invitations = sqliteTable(
  'invitations',
  {
    id: text().primaryKey(),
    organizationId: text('organization_id')
      .notNull()
      .references(() => organizations.id),
    email: text().notNull(),
    role: text({ enum: ['viewer', 'runner', 'editor', 'deployer', 'admin', 'owner'] }).notNull(),
    tokenHash: text('token_hash').notNull(),
    createdAt: integer('created_at').notNull(),
    createdById: text('created_by_id').notNull(),
    createdByEmail: text('created_by_email'),
    expiresAt: integer('expires_at').notNull(),
    acceptedAt: integer('accepted_at'),
    acceptedBy: text('accepted_by'),
  },
  (table) => [
    uniqueIndex('invitations_by_token').on(table.tokenHash),
    index('invitations_by_organization').on(table.organizationId, table.id),
  ],
)
