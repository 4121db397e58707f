import { listDurableObjectIds, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { eventually } from '../../support/eventually'
import { parseExecutionId } from '#core/model/execution-id'
import { createDeploymentSweep } from '../../../worker/adapters/d1/deployment-sweep'
import { createArchiveCleaner } from '../../../worker/adapters/r2/archive-cleaner'
import { DRAIN_MS, purge } from '../../../worker/cron/purge'
import type { DeploymentHandle } from '../../../worker/ports/deployments'
import { deployed, run, type Place } from './deployed'
import { archived, later, ran, refOf, shardOf } from './later'
import { clientWith, newOrganization, sampleDefinition } from './support'

afterEach(() => {
  vi.useRealTimers()
})

const read = (place: Pick<Place, 'client'>, id: string) => place.client.getExecution({ params: { id } })
const listed = async ({ client }: Pick<Place, 'client'>) => {
  const page = await client.listExecutions({})
  return page.ok ? page.body.items.map(({ executionId }) => executionId) : []
}
const keysUnder = async (ref: string) =>
  (await env.BUCKET.list()).objects.map(({ key }) => key).filter((key) => key.includes(`/${ref}/`))

const gone = { status: 404, problem: { code: 'not_found' } }

describe('executions that are kept long enough', () => {
  test('leave the index and the archive, and are not found any more; younger ones stay', async () => {
    const place = await deployed()
    const ref = refOf(place)
    const [old = ''] = await ran(place, 1)
    await run(place, { input: { customerId: 'x'.repeat(300_000) } })
    await archived(old)
    const kinds = (await keysUnder(ref)).map((key) => key.slice(0, 1))
    expect(kinds).toEqual(['o', 't'])
    expect((await read(place, old)).status).toBe(200)
    await later(ref, 20, async () => undefined)
    expect((await read(place, old)).status).toBe(200)
    await later(ref, 33, async () => {
      expect(await keysUnder(ref)).toEqual([])
    })
    expect(await read(place, old)).toMatchObject(gone)
    expect(await listed(place)).toEqual([])
    const [next = ''] = await ran(place, 1)
    expect(parseExecutionId(next)?.seq).toBe(64)
    expect((await read(place, next)).status).toBe(200)
  })

  test('stay for as long as the live version says', async () => {
    const { client } = await newOrganization().then(({ key }) => ({ client: clientWith(key) }))
    const definition = { ...sampleDefinition('short'), settings: { retention_days: 3 } }
    const created = await client.createWorkflow({ body: { definition } })
    const workflowId = created.ok ? created.body.id : ''
    await client.deployWorkflow({ body: { workflowId, environment: 'production' } })
    const answer = await client.runWorkflow({ body: { workflowId, input: { customerId: 'c1' }, wait: true } })
    const id = answer.ok ? answer.body.executionId : ''
    await archived(id)
    const { ref = '' } = parseExecutionId(id) ?? {}
    await later(ref, 6, async () => {
      expect(await keysUnder(ref)).toEqual([])
    })
    expect(await read({ client }, id)).toMatchObject(gone)
  })
})

describe('deleting an execution', () => {
  test('removes it and nothing else, while its shard has it and when it is archived', async () => {
    const place = await deployed()
    const [first = '', second = '', third = ''] = await ran(place, 3)
    const remove = (id: string) => place.client.deleteExecution({ params: { id } })
    await eventually(async () => {
      expect((await remove(first)).status).toBe(204)
    })
    expect(await read(place, first)).toMatchObject(gone)
    await archived(second)
    expect((await remove(second)).status).toBe(204)
    for (const id of [first, second]) {
      expect(await read(place, id)).toMatchObject(gone)
      expect(await remove(id)).toMatchObject(gone)
    }
    expect(await place.client.getTrace({ params: { id: third } })).toMatchObject({
      status: 200,
      body: { status: 'completed' },
    })
    expect(await listed(place)).toEqual([third])
    const audit = await env.DB.prepare(
      `SELECT target FROM audit_log WHERE action = 'execution.deleted' AND target IN (?1, ?2)`,
    )
      .bind(first, second)
      .all<{ target: string }>()
    expect(audit.results.map(({ target }) => target).toSorted()).toEqual([first, second].toSorted())
  })

  test('is refused while it has not ended', async () => {
    const place = await deployed()
    const stub = shardOf(refOf(place))
    const epoch = (await stub.config())?.epoch ?? 0
    const cause = { type: 'manual' as const, triggerId: null, actor: null }
    const answer = await stub.accept({
      epoch,
      pin: 1,
      nonce: 'held',
      cause,
      payload: '{"customerId":"c"}',
      claim: true,
    })
    const id = answer.kind === 'accepted' ? answer.id : ''
    const refused = { status: 409, problem: { code: 'execution_not_finished', status: 409 } }
    expect(await place.client.deleteExecution({ params: { id } })).toMatchObject(refused)
    expect(await read(place, id)).toMatchObject({ body: { status: 'running' } })
  })
})

describe('deleting a workflow', () => {
  const deployments = (ref: string) => env.DEPLOYMENTS.getByName(`dep:${ref}`) as unknown as DeploymentHandle
  const deps = () => ({
    sweep: createDeploymentSweep(env.DB),
    deployments,
    cleaner: createArchiveCleaner(env.BUCKET),
    report: () => undefined,
  })
  const wanted = async (ref: string) =>
    (await env.DB.prepare('SELECT count(*) AS n FROM purges WHERE ref = ?').bind(ref).first<{ n: number }>())?.n

  /** What the objects of a place still have on disk: tables, and their alarms. */
  async function remains(ref: string) {
    const stubs = [env.DEPLOYMENTS.getByName(`dep:${ref}`), shardOf(ref)]
    const left = stubs.map((stub) =>
      runInDurableObject(stub as DurableObjectStub, async (_object, { storage }) => ({
        alarm: await storage.getAlarm(),
        tables: storage.sql.exec(`SELECT name FROM sqlite_master WHERE name NOT LIKE '\\_cf%' ESCAPE '\\'`).toArray(),
      })),
    )
    return Promise.all(left)
  }

  test('leaves no execution, no archive, no object and no alarm; what it is told twice changes nothing (F-18)', async () => {
    const place = await deployed()
    const ref = refOf(place)
    const [id = ''] = await ran(place, 2)
    const { body } = (await place.client.testWorkflow({
      params: { id: place.workflowId },
      body: { input: { customerId: 'c' }, wait: true },
    })) as { body: { executionId: string } }
    const testRef = parseExecutionId(body.executionId)?.ref ?? ''
    await archived(id)
    await place.client.deleteWorkflow({ params: { id: place.workflowId }, query: { undeploy: 'true' } })
    expect([await wanted(ref), await wanted(testRef)]).toEqual([1, 1])
    await eventually(async () => {
      await purge(deps(), Date.now())
      expect([await wanted(ref), await wanted(testRef)]).toEqual([0, 0])
    })
    expect(await keysUnder(ref)).toEqual([])
    expect((await env.BUCKET.list()).objects.filter(({ key }) => key.includes(place.workflowId))).toEqual([])
    const rows = await env.DB.prepare(
      'SELECT (SELECT count(*) FROM executions WHERE workflow_id = ?1) + (SELECT count(*) FROM deployments WHERE workflow_id = ?1) + (SELECT count(*) FROM test_places WHERE workflow_id = ?1) AS n',
    )
      .bind(place.workflowId)
      .first<{ n: number }>()
    expect(rows?.n).toBe(0)
    for (const name of [ref, testRef]) {
      expect(await remains(name)).toEqual([
        { alarm: null, tables: [] },
        { alarm: null, tables: [] },
      ])
    }
    expect(await read(place, id)).toMatchObject(gone)
    expect(await deployments(ref).purge({ organizationId: 'org_any', mayCancel: true })).toBe('nothing')
  })

  test('goes on where it was interrupted (F-18)', async () => {
    const place = await deployed()
    const ref = refOf(place)
    await ran(place, 1)
    await place.client.deleteWorkflow({ params: { id: place.workflowId }, query: { undeploy: 'true' } })
    const told: string[] = []
    const report = (event: string, facts: Readonly<Record<string, string | number>>) => {
      if (facts['ref'] === ref) told.push(event)
    }
    const broken = { clear: () => Promise.reject(new Error('R2 is away')) }
    await eventually(async () => {
      await purge({ ...deps(), cleaner: broken, report }, Date.now())
      expect(told).toContain('purge_failed')
    })
    expect([await wanted(ref), await remains(ref)]).toMatchObject([1, [{ tables: [] }, { tables: [] }]])
    await purge({ ...deps(), report }, Date.now())
    expect([await wanted(ref), told.at(-1)]).toEqual([0, 'purged'])
  })

  test('no object keeps an alarm whose deployment is gone (F-18)', async () => {
    const place = await deployed()
    const ref = refOf(place)
    await ran(place, 1)
    await place.client.deleteWorkflow({ params: { id: place.workflowId }, query: { undeploy: 'true' } })
    await eventually(async () => {
      await purge(deps(), Date.now())
      expect(await wanted(ref)).toBe(0)
    })
    const named = [
      env.DEPLOYMENTS.idFromName(`dep:${ref}`).toString(),
      env.SHARDS.idFromName(`dep:${ref}:0`).toString(),
    ]
    const ids = [...(await listDurableObjectIds(env.DEPLOYMENTS)), ...(await listDurableObjectIds(env.SHARDS))]
    for (const id of ids.filter((known) => named.includes(known.toString()))) {
      const namespace = id.toString() === named[0] ? env.DEPLOYMENTS : env.SHARDS
      const stub = namespace.get(id) as unknown as DurableObjectStub
      expect(await runInDurableObject(stub, (_object, { storage }) => storage.getAlarm())).toBeNull()
    }
  })

  test('lets what runs go on for a day, then cancels it (I2, I14)', async () => {
    const place = await deployed()
    const ref = refOf(place)
    const stub = shardOf(ref)
    const epoch = (await stub.config())?.epoch ?? 0
    const cause = { type: 'manual' as const, triggerId: null, actor: null }
    await stub.accept({ epoch, pin: 1, nonce: 'held', cause, payload: '{"customerId":"c"}', claim: true })
    await place.client.deleteWorkflow({ params: { id: place.workflowId }, query: { undeploy: 'true' } })
    await purge(deps(), Date.now())
    expect(await wanted(ref)).toBe(1)
    const organizationId = (await stub.config())?.organizationId ?? ''
    expect(await stub.peek({ organizationId, seq: 0 })).toMatchObject({ status: 'running' })
    await eventually(async () => {
      await purge(deps(), Date.now() + DRAIN_MS)
      expect(await wanted(ref)).toBe(0)
    })
  })
})
