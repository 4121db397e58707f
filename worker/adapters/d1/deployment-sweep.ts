import { formatDeploymentId } from '#core/model/deployment-id'
import type { DeploymentSweep, Purge } from '../../ports/deployment-sweep'

const PLACES = 'SELECT ref FROM deployments UNION ALL SELECT ref FROM test_places'
const CURSOR = 'poke'

/** Walks the deployments and test places of all organizations by ref. */
export function createDeploymentSweep(db: D1Database): DeploymentSweep {
  return {
    async count() {
      const row = await db.prepare(`SELECT count(*) AS n FROM (${PLACES})`).first<{ n: number }>()
      return row?.n ?? 0
    },
    async refs(after, limit) {
      const { results } = await db
        .prepare(`SELECT ref FROM (${PLACES}) WHERE ref > ?1 ORDER BY ref LIMIT ?2`)
        .bind(after, limit)
        .all<{ ref: string }>()
      return results.map(({ ref }) => ref)
    },
    async cursor() {
      const row = await db
        .prepare('SELECT after FROM sweep_cursors WHERE name = ?1')
        .bind(CURSOR)
        .first<{ after: string }>()
      return row?.after ?? ''
    },
    async moveCursor(after) {
      const upsert = 'INSERT INTO sweep_cursors VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET after = excluded.after'
      await db.prepare(upsert).bind(CURSOR, after).run()
    },
    async purges(limit) {
      const { results } = await db
        .prepare(
          `SELECT ref, organization_id AS organizationId, workflow_id AS workflowId, requested_at AS requestedAt,
             EXISTS (SELECT 1 FROM removed_organizations gone WHERE gone.id = purges.organization_id) AS urgent
           FROM purges ORDER BY tried_at LIMIT ?1`,
        )
        .bind(limit)
        .all<Omit<Purge, 'isUrgent'> & { urgent: number }>()
      return results.map(({ urgent, ...row }) => ({ ...row, isUrgent: urgent === 1 }))
    },
    async triedPurge(ref, at) {
      await db.prepare('UPDATE purges SET tried_at = ?2 WHERE ref = ?1').bind(ref, at).run()
    },
    async endPurge({ ref, organizationId, workflowId }) {
      const letters = 'DELETE FROM dead_letters WHERE workflow_id = ?1 AND organization_id = ?2 AND deployment_id = ?3'
      await db.batch([
        db.prepare(letters).bind(workflowId, organizationId, formatDeploymentId(ref)),
        db.prepare('DELETE FROM deployments WHERE ref = ?1 AND organization_id = ?2').bind(ref, organizationId),
        db.prepare('DELETE FROM test_places WHERE ref = ?1 AND organization_id = ?2').bind(ref, organizationId),
        db.prepare('DELETE FROM purges WHERE ref = ?1').bind(ref),
      ])
    },
  }
}
