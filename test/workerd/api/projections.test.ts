import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import type { DeploymentSnapshot } from '#core/release/wire'
import type { ExecutionSummary } from '#core/shard/summary'
import { createDeploymentProjection } from '../../../worker/adapters/d1/deployment-projection'
import { createExecutionIndex } from '../../../worker/adapters/d1/execution-index'
import { createStores } from '../../../worker/adapters/d1/stores'

const id = () => crypto.randomUUID()

function summary(
  organizationId: string,
  executionId: string,
  rev: number,
  more: Partial<ExecutionSummary> = {},
): ExecutionSummary {
  return {
    id: executionId,
    organizationId,
    workflowId: 'w',
    workflowName: 'n',
    deploymentId: 'd',
    environment: 'production',
    version: 'v1',
    status: 'running',
    trigger: 'webhook',
    triggerId: null,
    actorId: null,
    actorEmail: null,
    acceptedAt: 1,
    startedAt: null,
    startsAt: null,
    expiresAt: null,
    endedAt: null,
    errorCode: null,
    errorMessage: null,
    errorStage: null,
    test: false,
    replayOf: null,
    parentExecutionId: null,
    tags: [],
    rev,
    ...more,
  }
}

describe('the execution index', () => {
  test('finds the children of an execution by an index of their own, which others do not pay for', async () => {
    const plan = await env.DB.prepare(
      `EXPLAIN QUERY PLAN SELECT * FROM executions
       WHERE organization_id = ? AND parent_execution_id = ? ORDER BY id DESC LIMIT 51`,
    )
      .bind('org_1', 'exec_1')
      .all<{ detail: string }>()
    expect(plan.results.map(({ detail }) => detail)).toEqual([
      'SEARCH executions USING INDEX executions_by_parent (parent_execution_id=? AND organization_id=?)',
    ])
  })

  test('takes many summaries in one statement and lists them newest first, page by page', async () => {
    const organizationId = id()
    const all = Array.from({ length: 120 }, (_, n) =>
      summary(organizationId, `exec_${String(n).padStart(4, '0')}`, 1, { test: n % 2 === 0 }),
    )
    await createExecutionIndex(env.DB).upsert(all)
    const { executions } = createStores(env.DB, { organizationId })
    const first = await executions.list({ limit: 100 })
    expect(first.items[0]).toEqual(all[119])
    expect(first.nextCursor).toBe('exec_0020')
    const second = await executions.list({ limit: 100, cursor: 'exec_0020' })
    expect(second.items).toHaveLength(20)
    expect(second.nextCursor).toBeNull()
    expect((await executions.list({ limit: 200, test: true })).items).toHaveLength(60)
  })

  test('never lets an older summary overwrite a newer one', async () => {
    const organizationId = id()
    const index = createExecutionIndex(env.DB)
    await index.upsert([summary(organizationId, 'exec_1', 5, { status: 'completed', endedAt: 9 })])
    await index.upsert([summary(organizationId, 'exec_1', 4)])
    const { executions } = createStores(env.DB, { organizationId })
    expect((await executions.list({ limit: 1 })).items).toEqual([
      summary(organizationId, 'exec_1', 5, { status: 'completed', endedAt: 9 }),
    ])
    await index.upsert([summary(organizationId, 'exec_1', 6, { status: 'failed' })])
    expect((await executions.list({ limit: 1, status: 'failed' })).items).toHaveLength(1)
  })

  test("shows nobody another organization's rows", async () => {
    const [mine, theirs] = [id(), id()]
    await createExecutionIndex(env.DB).upsert([summary(theirs, 'exec_1', 1)])
    expect((await createStores(env.DB, { organizationId: mine }).executions.list({ limit: 10 })).items).toEqual([])
  })
})

function snapshot(
  organizationId: string,
  ref: string,
  epoch: number,
  status: DeploymentSnapshot['status'],
): DeploymentSnapshot {
  return {
    identity: {
      organizationId,
      deploymentId: `deploy_${ref}`,
      ref,
      workflowId: `workflow_${ref}`,
      workflowName: 'n',
      environment: 'production',
      environmentId: `env_${ref}`,
      lane: 0,
    },
    epoch,
    status,
    pauseNote: null,
    active: null,
    previous: null,
    webhooks: [{ triggerId: 'webhook', slot: 3, method: ['POST'] }],
    schedules: [],
    activeExecutions: 0,
    shards: 1,
    shardsPending: [],
  }
}

describe('the projection of deployments', () => {
  test('never lets an older epoch overwrite a newer one, and can be rebuilt from snapshots (I12)', async () => {
    const [organizationId, ref] = [id(), id()]
    const projection = createDeploymentProjection(env.DB)
    await projection.project(snapshot(organizationId, ref, 4, 'paused'))
    await projection.project(snapshot(organizationId, ref, 3, 'active'))
    const { deployments } = createStores(env.DB, { organizationId })
    const row = await deployments.find(`deploy_${ref}`)
    expect(row).toMatchObject({
      epoch: 4,
      status: 'paused',
      slots: { webhook: 3 },
      snapshot: snapshot(organizationId, ref, 4, 'paused'),
    })
    await projection.project(snapshot(organizationId, ref, 5, 'active'))
    expect(await deployments.find(`deploy_${ref}`)).toMatchObject({ epoch: 5, status: 'active' })
  })

  test('a place has one deployment, whoever prepares it first', async () => {
    const organizationId = id()
    const { deployments } = createStores(env.DB, { organizationId })
    const place = { workflowId: id(), environmentId: id(), environment: 'staging', at: 1 }
    const [one, two] = await Promise.all(
      ['x', 'y'].map((name) =>
        deployments.prepare({ ...place, id: `${name}-${organizationId}`, ref: `${name}-${organizationId}` }),
      ),
    )
    expect(one).toEqual(two)
    expect(one).toMatchObject({ status: 'prepared', epoch: 0, snapshot: null, slots: {} })
    expect((await deployments.list({ limit: 10 })).items).toEqual([])
    expect(await deployments.replaceSlots(one?.id ?? '', {}, { webhook: 0 })).toBe(true)
    expect(await deployments.replaceSlots(one?.id ?? '', {}, { other: 0 })).toBe(false)
  })
})
