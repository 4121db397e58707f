import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { workflows } from './workflows'

/** Immutable snapshots of drafts. Rows are inserted, never updated. */
export const versions = sqliteTable(
  'versions',
  {
    id: text().primaryKey(),
    organizationId: text('organization_id').notNull(),
    workflowId: text('workflow_id')
      .notNull()
      .references(() => workflows.id),
    number: integer().notNull(),
    tag: text(),
    /** `sha256:` and the hex digest of the canonical JSON of the definition. */
    digest: text().notNull(),
    definition: text().notNull(),
    needs: text().notNull(),
    releaseNotes: text('release_notes'),
    gitCommit: text('git_commit'),
    createdAt: integer('created_at').notNull(),
    createdById: text('created_by_id').notNull(),
    createdByEmail: text('created_by_email'),
  },
  (table) => [
    uniqueIndex('versions_by_number').on(table.workflowId, table.number),
    uniqueIndex('versions_by_tag').on(table.workflowId, table.tag),
    index('versions_by_digest').on(table.workflowId, table.digest),
  ],
)
