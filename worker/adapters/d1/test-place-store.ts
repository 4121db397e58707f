import { and, eq } from 'drizzle-orm'
import type { TestPlaceStore } from '../../ports/test-place-store'
import type { Database } from './database'
import { testPlaces } from './schema/test-places'

/** The test places of one organization in D1. */
export function createTestPlaceStore(db: Database, organizationId: string): TestPlaceStore {
  return {
    async add(place) {
      await db
        .insert(testPlaces)
        .values({ ...place, organizationId })
        .onConflictDoNothing()
    },
    listByWorkflow: (workflowId) =>
      db
        .select()
        .from(testPlaces)
        .where(and(eq(testPlaces.organizationId, organizationId), eq(testPlaces.workflowId, workflowId))),
  }
}
