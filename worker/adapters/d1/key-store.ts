import { and, desc, eq, gt, isNull, lt, or } from 'drizzle-orm'
import type { KeyStore } from '../../ports/key-store'
import type { Database } from './database'
import { toKey } from './key-row'
import { apiKeys } from './schema/api-keys'
import { toPage } from './to-page'

/** The API keys of one organization in D1. */
export function createKeyStore(db: Database, organizationId: string): KeyStore {
  const own = and(eq(apiKeys.organizationId, organizationId), isNull(apiKeys.revokedAt))
  return {
    async insert({ createdBy, scopes, environments, workflowIds, ...row }) {
      await db.insert(apiKeys).values({
        ...row,
        organizationId,
        scopes: JSON.stringify(scopes),
        environments: environments === null ? null : JSON.stringify(environments),
        workflowIds: workflowIds === null ? null : JSON.stringify(workflowIds),
        createdById: createdBy.id,
        createdByEmail: createdBy.email,
      })
    },
    async find(id) {
      const row = await db
        .select()
        .from(apiKeys)
        .where(and(own, eq(apiKeys.id, id)))
        .get()
      return row === undefined ? null : toKey(row)
    },
    async list({ limit, cursor }) {
      const rows = await db
        .select()
        .from(apiKeys)
        .where(and(own, cursor === undefined ? undefined : lt(apiKeys.id, cursor)))
        .orderBy(desc(apiKeys.id))
        .limit(limit + 1)
      return toPage(rows, limit, toKey, (row) => row.id)
    },
    async revoke(id, at) {
      const revoked = await db
        .update(apiKeys)
        .set({ revokedAt: at })
        .where(and(own, eq(apiKeys.id, id)))
        .returning({ id: apiKeys.id })
      return revoked.length > 0
    },
    async expire(id, expiresAt) {
      const isLater = or(isNull(apiKeys.expiresAt), gt(apiKeys.expiresAt, expiresAt))
      await db
        .update(apiKeys)
        .set({ expiresAt })
        .where(and(own, eq(apiKeys.id, id), isLater))
    },
  }
}
