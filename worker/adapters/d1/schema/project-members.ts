import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { PROJECT_ROLES } from '#core/contract/scopes'
import { organizations } from './organizations'
import { projects } from './projects'
import { users } from './users'

/** Who sees what is in a restricted project, besides admins and owners. */
export const projectMembers = sqliteTable(
  'project_members',
  {
    projectId: text('project_id')
      .notNull()
      .references(() => projects.id),
    userId: text('user_id')
      .notNull()
      .references(() => users.id),
    organizationId: text('organization_id')
      .notNull()
      .references(() => organizations.id),
    /** What they may do there, where their role in the organization does not allow it already. */
    role: text({ enum: PROJECT_ROLES }),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.projectId, table.userId] }),
    index('project_members_by_user').on(table.organizationId, table.userId),
  ],
)
