import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { environments } from './environments'

/** Variables (`vars.X`) and secrets (`secrets.X`) of an environment. Every value is sealed. */
export const variables = sqliteTable(
  'variables',
  {
    environmentId: text('environment_id')
      .notNull()
      .references(() => environments.id),
    kind: text({ enum: ['variable', 'secret'] }).notNull(),
    name: text().notNull(),
    sealed: text().notNull(),
    /** A variable that is shown to nobody and masked in traces; always true for secrets. */
    isSecret: integer('is_secret', { mode: 'boolean' }).notNull(),
    version: integer().notNull(),
    fingerprint: text().notNull(),
    allowedHosts: text('allowed_hosts').notNull(),
    updatedAt: integer('updated_at').notNull(),
    updatedById: text('updated_by_id').notNull(),
    updatedByEmail: text('updated_by_email'),
  },
  (table) => [primaryKey({ columns: [table.environmentId, table.kind, table.name] })],
)
