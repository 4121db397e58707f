import { type AnyColumn, type SQL, sql } from 'drizzle-orm'

/** Whether the organization in a column was not removed. */
export function isKept(organizationId: AnyColumn): SQL {
  return sql`NOT EXISTS (SELECT 1 FROM removed_organizations gone WHERE gone.id = ${organizationId})`
}
