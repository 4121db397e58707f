import { sql } from 'drizzle-orm'
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { organizations } from './organizations'

/** A workflow with its draft. Deleted ones keep their row, and give their name back. */
export const workflows = sqliteTable(
  'workflows',
  {
    id: text().primaryKey(),
    organizationId: text('organization_id')
      .notNull()
      .references(() => organizations.id),
    name: text().notNull(),
    description: text(),
    status: text({ enum: ['draft', 'published', 'active', 'paused', 'archived'] }).notNull(),
    revision: integer().notNull(),
    definition: text().notNull(),
    tags: text().notNull(),
    visibility: text({ enum: ['private', 'organization'] }).notNull(),
    projectId: text('project_id'),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
    createdById: text('created_by_id').notNull(),
    createdByEmail: text('created_by_email'),
    deletedAt: integer('deleted_at'),
  },
  (table) => [
    uniqueIndex('workflows_by_name')
      .on(table.organizationId, table.name)
      .where(sql`deleted_at IS NULL`),
    index('workflows_by_organization').on(table.organizationId, table.id),
  ],
)
