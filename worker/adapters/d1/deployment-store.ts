import { and, desc, eq, getTableColumns, lt, ne, notInArray, type SQL, sql } from 'drizzle-orm'
import * as z from 'zod'
import type { EpochMs } from '#core/kernel/time'
import type { DeploymentRow, DeploymentStore } from '../../ports/deployment-store'
import type { Database } from './database'
import { SnapshotColumn } from './deployment-snapshot'
import { isOneOf } from './is-one-of'
import { readJson } from './json-column'
import { deployments } from './schema/deployments'
import { environments as environmentTable } from './schema/environments'
import { purges } from './schema/purges'
import { testPlaces } from './schema/test-places'
import { toPage } from './to-page'

const SlotsColumn = z.record(z.string(), z.int())

const columns = {
  ...getTableColumns(deployments),
  lastStatus: sql<string | null>`(SELECT e.status FROM executions e WHERE e.workflow_id = ${deployments.workflowId}
    AND e.organization_id = ${deployments.organizationId} AND e.deployment_id = ${deployments.id}
    AND e.ended_at IS NOT NULL ORDER BY e.id DESC LIMIT 1)`,
  isStale: sql<number>`EXISTS (SELECT 1 FROM environment_revisions r, json_each(r.changed_names) changed, versions v,
    json_each(v.needs, CASE r.kind WHEN 'secret' THEN '$.secrets' ELSE '$.variables' END) needed
    WHERE r.environment_id = ${deployments.environmentId} AND r.revision > ${deployments.activeRevision}
    AND v.id = ${deployments.activeVersionId} AND needed.value = changed.value)`,
}

type Places = typeof deployments | typeof testPlaces
type Stored = typeof deployments.$inferSelect & { isStale: number; lastStatus: string | null }

/** Deployments in D1, as their objects projected them. */
export function createDeploymentStore(db: Database, organizationId: string): DeploymentStore {
  const own = eq(deployments.organizationId, organizationId)
  const select = (condition: SQL | undefined) =>
    db
      .select(columns)
      .from(deployments)
      .leftJoin(environmentTable, eq(environmentTable.id, deployments.environmentId))
      .where(and(own, condition))
      .orderBy(desc(deployments.id))
  const findOne = async (condition: SQL | undefined) => {
    const row = await select(condition).get()
    return row === undefined ? null : toRow(row)
  }
  const findByPlace = (workflowId: string, environmentId: string) =>
    findOne(and(eq(deployments.workflowId, workflowId), eq(deployments.environmentId, environmentId)))

  async function requestPurge(at: EpochMs, which?: (table: Places) => SQL): Promise<void> {
    const places = (table: Places) =>
      db
        .select({
          ref: table.ref,
          organizationId: table.organizationId,
          workflowId: table.workflowId,
          requestedAt: sql<number>`${at}`.as('requested_at'),
          triedAt: sql<number>`0`.as('tried_at'),
        })
        .from(table)
        .where(and(eq(table.organizationId, organizationId), which?.(table)))
    await db.batch([
      db.insert(purges).select(places(deployments)).onConflictDoNothing(),
      db.insert(purges).select(places(testPlaces)).onConflictDoNothing(),
    ])
  }

  return {
    find: (id) => findOne(eq(deployments.id, id)),
    findByPlace,
    async prepare({ at, ...row }) {
      const fresh = {
        ...row,
        organizationId,
        status: 'prepared',
        epoch: 0,
        slots: '{}',
        createdAt: at,
        updatedAt: at,
      } as const
      await db.insert(deployments).values(fresh).onConflictDoNothing()
      const found = await findByPlace(row.workflowId, row.environmentId)
      if (found === null) throw new Error('A deployment that was just prepared cannot be found')
      return found
    },
    async replaceSlots(id, from, to) {
      const changed = await db
        .update(deployments)
        .set({ slots: JSON.stringify(to) })
        .where(and(own, eq(deployments.id, id), eq(deployments.slots, JSON.stringify(from))))
        .returning({ id: deployments.id })
      return changed.length > 0
    },
    async list({ limit, cursor, workflowId, environment, workflowIds, environments }) {
      const rows = await select(
        and(
          ne(deployments.status, 'prepared'),
          cursor === undefined ? undefined : lt(deployments.id, cursor),
          workflowId === undefined ? undefined : eq(deployments.workflowId, workflowId),
          environment === undefined ? undefined : eq(deployments.environment, environment),
          workflowIds === undefined ? undefined : isOneOf(deployments.workflowId, workflowIds),
          environments === undefined ? undefined : isOneOf(deployments.environment, environments),
        ),
      ).limit(limit + 1)
      return toPage(rows, limit, toRow, (row) => row.id)
    },
    listByWorkflow: async (workflowId) => (await select(eq(deployments.workflowId, workflowId))).map(toRow),
    requestPurge: (workflowId, at) => requestPurge(at, (table) => eq(table.workflowId, workflowId)),
    requestPurgeOfAll: (at) => requestPurge(at),
    listLive: async (limit) =>
      (await select(notInArray(deployments.status, ['prepared', 'undeployed'])).limit(limit)).map(toRow),
    listByEnvironment: async (environmentId) => (await select(eq(deployments.environmentId, environmentId))).map(toRow),
  }
}

function toRow(row: Stored): DeploymentRow {
  return {
    id: row.id,
    ref: row.ref,
    workflowId: row.workflowId,
    environmentId: row.environmentId,
    environment: row.environment,
    status: row.status,
    epoch: row.epoch,
    snapshot: row.snapshot === null ? null : readJson(SnapshotColumn, row.snapshot),
    slots: readJson(SlotsColumn, row.slots),
    isErroring: row.lastStatus === 'failed' || row.lastStatus === 'timed_out',
    isConfigurationStale: row.isStale === 1,
  }
}
