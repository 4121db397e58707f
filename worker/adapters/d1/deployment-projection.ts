import type { DeploymentSnapshot } from '#core/release/wire'
import type { DeploymentProjection } from '../../ports/deployment-projection'

const PROJECT = `INSERT INTO deployments (id, ref, organization_id, workflow_id, environment_id, environment, status, epoch,
  active_version_id, active_release_id, active_revision, snapshot, slots, created_at, updated_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?14)
ON CONFLICT (id) DO UPDATE SET status = excluded.status, epoch = excluded.epoch,
  active_version_id = excluded.active_version_id, active_release_id = excluded.active_release_id,
  active_revision = excluded.active_revision, snapshot = excluded.snapshot, updated_at = excluded.updated_at
WHERE deployments.epoch < excluded.epoch`

/** A workflow is active when any of its deployments is; else published when one is placed; else paused. */
const WORKFLOW_STATUS = `UPDATE workflows SET status = CASE
  WHEN EXISTS (SELECT 1 FROM deployments d WHERE d.workflow_id = ?1 AND d.status = 'active') THEN 'active'
  WHEN EXISTS (SELECT 1 FROM deployments d WHERE d.workflow_id = ?1 AND d.status = 'placed') THEN 'published'
  WHEN EXISTS (SELECT 1 FROM deployments d WHERE d.workflow_id = ?1 AND d.status IN ('paused', 'undeployed')) THEN 'paused'
  ELSE status END
WHERE id = ?1 AND organization_id = ?2 AND status <> 'archived'`

/** The deployments table in D1, written by the outbox of the Deployment objects. Rejects when D1 is away. */
export function createDeploymentProjection(db: D1Database): DeploymentProjection {
  return {
    async project(snapshot) {
      if (snapshot.identity.test === true) return
      await db.batch([
        db.prepare(PROJECT).bind(...row(snapshot)),
        db.prepare(WORKFLOW_STATUS).bind(snapshot.identity.workflowId, snapshot.identity.organizationId),
      ])
    },
  }
}

function row(snapshot: DeploymentSnapshot): unknown[] {
  const { identity, active } = snapshot
  const slots = Object.fromEntries(snapshot.webhooks.map((webhook) => [webhook.triggerId, webhook.slot]))
  return [
    identity.deploymentId,
    identity.ref,
    identity.organizationId,
    identity.workflowId,
    identity.environmentId,
    identity.environment,
    snapshot.status,
    snapshot.epoch,
    active?.versionId ?? null,
    active?.releaseId ?? null,
    active?.environmentRevision ?? null,
    JSON.stringify(snapshot),
    JSON.stringify(slots),
    active?.activatedAt ?? 0,
  ]
}
