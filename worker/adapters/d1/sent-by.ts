import { and, eq, isNull, or, type SQL, sql } from 'drizzle-orm'
import { keysMadeBy } from './keys-made-by'
import { invitations } from './schema/invitations'

/** Whether an invitation is open and was sent by a member: by themselves, or with a key of theirs. */
export function isSentBy(organizationId: string, userId: string): SQL | undefined {
  const byThemselves = eq(invitations.createdById, userId)
  const byKey = sql`${invitations.createdById} IN ${keysMadeBy(organizationId, userId)}`
  return and(eq(invitations.organizationId, organizationId), isNull(invitations.acceptedAt), or(byThemselves, byKey))
}
