import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { parseDeploymentId } from '#core/model/deployment-id'
import { deployed, deployNext, run } from './deployed'
import { clientWith, newOrganization, sampleDefinition, send } from './support'

describe('releases', () => {
  test('a changed draft becomes the next version, an unchanged one is deployed as it was', async () => {
    const place = await deployed()
    const same = await place.client.deployWorkflow({ body: { workflowId: place.workflowId, environment: 'staging' } })
    expect(same).toMatchObject({ ok: true, body: { version: 'v1', environment: 'staging' } })
    const next = await deployNext(place, 'v2', 1)
    expect(next).toMatchObject({
      version: 'v2',
      deploymentId: place.deployment.deploymentId,
      webhookUrl: place.deployment.webhookUrl,
    })
    expect(await run(place, { environment: 'production' })).toMatchObject({
      body: { version: 'v2', data: { by: 'v2' } },
    })
  })

  test('a tag names a version; an unknown number is refused', async () => {
    const place = await deployed()
    const tagged = await deployNext(place, 'v2', 1, 'v1.2.0')
    expect(tagged).toMatchObject({ version: 'v1.2.0', versionNumber: 2 })
    const deploy = (version: string) =>
      place.client.deployWorkflow({ body: { workflowId: place.workflowId, environment: 'production', version } })
    expect(await deploy('v1')).toMatchObject({ ok: true, body: { version: 'v1', versionNumber: 1 } })
    expect(await deploy('v1.2.0')).toMatchObject({ ok: true, body: { versionNumber: 2 } })
    expect(await deploy('v9')).toMatchObject({ ok: false, status: 404, problem: { code: 'version_unknown' } })
  })

  test('a rollback is previewed, needs a reason, and leaves a line in the history (S60–S64)', async () => {
    const place = await deployed()
    await deployNext(place, 'v2', 1)
    const params = { id: place.deployment.deploymentId }
    expect(await place.client.previewRollback({ params })).toMatchObject({
      ok: true,
      body: {
        workflowName: 'customer-onboarding',
        current: { version: 'v2' },
        target: { version: 'v1' },
        activeExecutions: 0,
      },
    })
    expect(await place.client.rollbackDeployment({ params, body: { reason: '' } })).toMatchObject({
      ok: false,
      status: 422,
    })
    expect(await place.client.rollbackDeployment({ params, body: { reason: 'errors' } })).toMatchObject({
      ok: true,
      status: 200,
      body: { status: 'rolled_back', from: 'v2', version: 'v1', reason: 'errors', environment: 'production' },
    })
    expect(await run(place)).toMatchObject({ body: { version: 'v1', data: { by: 'v1' } } })
    const history = await place.client.getDeploymentHistory({ params })
    const items = history.ok ? history.body.items : []
    expect(items.map((item) => [item.kind, item.version, item.from])).toEqual([
      ['rollback', 'v1', 'v2'],
      ['deploy', 'v2', 'v1'],
      ['deploy', 'v1', null],
    ])
    expect(items[0]?.line).toMatch(/^v1 {2}\d{4}-\d\d-\d\d \d\d:\d\d [AP]M {2}owner-.*@example\.com {2}"errors"$/)
    expect(await place.client.rollbackDeployment({ params, body: { reason: 'again' } })).toMatchObject({
      ok: false,
      status: 409,
      problem: { code: 'no_earlier_version' },
    })
  })

  test('paused refuses, resumed takes, undeployed is gone and comes back under the same address (S105)', async () => {
    const place = await deployed()
    const params = { id: place.deployment.deploymentId }
    const path = new URL(place.deployment.webhookUrl ?? '').pathname
    const call = () =>
      send(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"customerId":"x"}' })
    expect(await place.client.pauseDeployment({ params, body: { note: 'vendor down' } })).toMatchObject({
      ok: true,
      body: { state: 'paused', pauseNote: 'vendor down' },
    })
    expect(await run(place)).toMatchObject({ ok: false, status: 503, problem: { code: 'paused' } })
    expect((await call()).status).toBe(503)
    expect(await place.client.resumeDeployment({ params })).toMatchObject({ ok: true, body: { state: 'active' } })
    expect((await call()).status).toBe(200)
    expect(await place.client.undeployWorkflow({ params })).toMatchObject({ ok: true, body: { state: 'undeployed' } })
    expect((await call()).status).toBe(404)
    expect(await place.client.getWorkflow({ params: { id: place.workflowId } })).toMatchObject({
      body: { status: 'paused' },
    })
    const again = await place.client.deployWorkflow({
      body: { workflowId: place.workflowId, environment: 'production' },
    })
    expect(again).toMatchObject({ ok: true, body: { webhookUrl: place.deployment.webhookUrl } })
    expect((await call()).status).toBe(200)
  })

  test('a placed version takes no traffic until it is activated', async () => {
    const { key } = await newOrganization()
    const client = clientWith(key)
    const created = await client.createWorkflow({ body: { definition: sampleDefinition('placed') } })
    const workflowId = created.ok ? created.body.id : ''
    const placed = await client.deployWorkflow({ body: { workflowId, environment: 'staging', autoActivate: false } })
    expect(placed).toMatchObject({ ok: true, body: { status: 'placed', workflowStatus: 'published' } })
    const runs = () => client.runWorkflow({ body: { workflowId, input: { customerId: 'c' }, wait: true } })
    expect(await runs()).toMatchObject({ ok: false, status: 409, problem: { code: 'not_deployed' } })
    const id = placed.ok && 'deploymentId' in placed.body ? placed.body.deploymentId : ''
    expect(await client.activateDeployment({ params: { id } })).toMatchObject({
      ok: true,
      body: { state: 'active', activeVersion: { version: 'v1' } },
    })
    expect(await runs()).toMatchObject({ ok: true, body: { status: 'completed' } })
  })

  test('nothing waits to be activated after more changes of values than the history shows', async () => {
    const { client, deployment } = await deployed()
    const ref = parseDeploymentId(deployment.deploymentId)
    await runInDurableObject(env.DEPLOYMENTS.getByName(`dep:${ref}`), (_object, { storage }) => {
      for (let n = 0; n < 600; n++) {
        storage.sql.exec(
          `INSERT INTO release (version_id, env_revision, endpoint, document, environment, facts, created_at)
           SELECT version_id, ?, endpoint, document, environment, json_set(facts, '$.releaseId', ?), ?
           FROM release WHERE id = 1`,
          n,
          `rel_${n}`,
          Date.now() + n,
        )
        storage.sql.exec(
          `INSERT INTO change (idempotency_key, kind, pin, from_pin, epoch, at, actor)
           SELECT ?, 'config', (SELECT max(id) FROM release), pin, epoch + ?, ?, actor FROM change WHERE id = 1`,
          `value-${n}`,
          n + 1,
          Date.now() + n,
        )
      }
    })
    expect(await client.activateDeployment({ params: { id: deployment.deploymentId } })).toMatchObject({
      status: 409,
      problem: { code: 'not_deployed' },
    })
  })

  test('a deployed workflow is not deleted unless it may be undeployed', async () => {
    const { client, workflowId } = await deployed()
    const params = { id: workflowId }
    expect(await client.deleteWorkflow({ params })).toMatchObject({
      ok: false,
      status: 409,
      problem: { code: 'still_deployed', environments: ['production'] },
    })
    expect(await client.deleteWorkflow({ params, query: { undeploy: 'true' } })).toMatchObject({
      ok: true,
      status: 204,
    })
    expect(await client.getWorkflow({ params })).toMatchObject({ ok: false, status: 404 })
  })

  test('a dry run says what would happen and changes nothing', async () => {
    const { key } = await newOrganization()
    const client = clientWith(key)
    const created = await client.createWorkflow({ body: { definition: sampleDefinition('dry') } })
    const workflowId = created.ok ? created.body.id : ''
    const plan = await client.deployWorkflow({ body: { workflowId, environment: 'production', dryRun: true } })
    expect(plan).toMatchObject({
      ok: true,
      body: {
        dryRun: true,
        plan: [{ text: 'publish the draft as v1' }, { text: expect.stringContaining('make v1 live in production') }],
      },
    })
    expect(await client.listVersions({ params: { id: workflowId } })).toMatchObject({ body: { items: [] } })
    expect(await client.listDeployments({})).toMatchObject({ body: { items: [] } })
  })

  test('what is not built yet is refused by name, never done differently', async () => {
    const { client, workflowId } = await deployed()
    const base = { workflowId, environment: 'production' }
    for (const more of [
      { strategy: { type: 'canary' as const } },
      { at: 'next_window' },
      { smokeTest: { input: {} } },
    ]) {
      const refused = await client.deployWorkflow({ body: { ...base, ...more } })
      expect(refused).toMatchObject({ ok: false, status: 422, problem: { code: 'not_available_yet' } })
    }
  })
})
