import type { KeyRow } from '../../ports/key-store'
import { readJson, TextList } from './json-column'
import type { apiKeys } from './schema/api-keys'

/** An API key as its row tells it. */
export function toKey(row: typeof apiKeys.$inferSelect): KeyRow {
  return {
    id: row.id,
    organizationId: row.organizationId,
    name: row.name,
    prefix: row.prefix,
    hash: row.hash,
    scopes: readJson(TextList, row.scopes),
    environments: row.environments === null ? null : readJson(TextList, row.environments),
    workflowIds: row.workflowIds === null ? null : readJson(TextList, row.workflowIds),
    createdAt: row.createdAt,
    createdBy: { id: row.createdById, email: row.createdByEmail },
    expiresAt: row.expiresAt,
    lastUsedAt: row.lastUsedAt,
  }
}
