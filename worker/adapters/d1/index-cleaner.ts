import { encodeInteger } from '#core/kernel/crockford'
import type { IndexCleaner } from '../../ports/index-cleaner'

const ROWS_MAX = 1_000

/** An id's shard stands behind its prefix (5), its instant (9) and its ref (13). */
const SHARD_AT = 28

/** Removes rows of the execution index in D1. */
export function createIndexCleaner(db: D1Database): IndexCleaner {
  return {
    async remove(organizationId, ids) {
      if (ids.length === 0) return
      await db
        .prepare('DELETE FROM executions WHERE organization_id = ?1 AND id IN (SELECT value FROM json_each(?2))')
        .bind(organizationId, JSON.stringify(ids))
        .run()
    },
    async clear({ organizationId, workflowId, deploymentId, shard }) {
      const { meta } = await db
        .prepare(
          `DELETE FROM executions WHERE organization_id = ?1 AND id IN (SELECT id FROM executions WHERE workflow_id = ?2
             AND organization_id = ?1 AND deployment_id = ?3 AND substr(id, ${SHARD_AT}, 2) = ?4 LIMIT ${ROWS_MAX})`,
        )
        .bind(organizationId, workflowId, deploymentId, encodeInteger(shard, 2))
        .run()
      return meta.changes < ROWS_MAX
    },
  }
}
