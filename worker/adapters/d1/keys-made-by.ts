import { type SQL, sql } from 'drizzle-orm'

/** The ids of all keys somebody made in an organization, also with keys of theirs, however far away; revoked ones too. */
export function keysMadeBy(organizationId: string, userId: string): SQL {
  return sql`(WITH RECURSIVE made(id) AS (
    SELECT id FROM api_keys WHERE organization_id = ${organizationId} AND created_by_id = ${userId}
    UNION SELECT k.id FROM api_keys k JOIN made ON k.created_by_id = made.id WHERE k.organization_id = ${organizationId}
  ) SELECT id FROM made)`
}
