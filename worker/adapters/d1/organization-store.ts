import { and, eq } from 'drizzle-orm'
import type { OrganizationStore } from '../../ports/organization-store'
import type { Database } from './database'
import { isKept } from './is-kept'
import { organizations } from './schema/organizations'
import { removedOrganizations } from './schema/removed-organizations'

/** One organization in D1. */
export function createOrganizationStore(db: Database, organizationId: string): OrganizationStore {
  return {
    async name() {
      const own = and(eq(organizations.id, organizationId), isKept(organizations.id))
      return (await db.select({ name: organizations.name }).from(organizations).where(own).get())?.name ?? null
    },
    async remove(at) {
      const [, [row]] = await db.batch([
        db.insert(removedOrganizations).values({ id: organizationId, removedAt: at, triedAt: 0 }).onConflictDoNothing(),
        db.select().from(removedOrganizations).where(eq(removedOrganizations.id, organizationId)),
      ])
      return row?.removedAt ?? at
    },
  }
}
