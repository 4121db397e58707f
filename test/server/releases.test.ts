import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Caller, caller } from '../support/server/caller'
import { DIGEST, INSTANT } from '../support/server/patterns'
import { type RunningServer, startServer } from '../support/server/start-server'

let server: RunningServer
let call: Caller

beforeAll(async () => {
  server = await startServer()
  call = caller(server.url, server.apiKey)
})
afterAll(() => server.discard())

const SECONDS_24_H = 86_400

/** A workflow whose webhook answers with `says`, and with a schedule far away. */
const documentOf = (name: string, says: string) => ({
  name,
  triggers: [
    { type: 'webhook', method: ['POST'], authentication: { type: 'none' }, responseMode: 'lastNode' },
    { type: 'schedule', cron: '0 0 1 1 *', timezone: 'UTC' },
    { type: 'manual' },
  ],
  stages: [{ id: 'say', component: 'transform', config: { value: { says } } }],
})

async function workflow() {
  const name = `w-${randomUUID()}`
  const created = await call('POST', '/v1/workflows', { definition: documentOf(name, 'one') })
  const workflowId = created.body.id as string
  let revision = 1
  const environment = 'production'
  return {
    workflowId,
    name,
    says: async (says: string) => {
      const saved = await call('PUT', `/v1/workflows/${workflowId}`, { definition: documentOf(name, says), revision })
      expect(saved.status).toBe(200)
      revision += 1
    },
    deploy: (more: object = {}) => call('POST', '/v1/workflows/deploy', { workflowId, environment, ...more }),
    versions: async () =>
      ((await call('GET', `/v1/workflows/${workflowId}/versions`)).body.items as { version: string }[]).map(
        (it) => it.version,
      ),
  }
}

const said = async (webhookUrl: string) =>
  (await caller(server.url)('POST', webhookUrl, {})).body?.data?.says as unknown

describe('which version a deploy makes live', () => {
  test('none named: the draft, and an unchanged draft reuses its version', async () => {
    const { deploy, says, versions } = await workflow()
    const first = await deploy()
    expect(first.body).toMatchObject({ version: 'v1', versionNumber: 1, digest: DIGEST })
    expect((await deploy()).body).toMatchObject({ version: 'v1', digest: first.body.digest })
    await says('two')
    expect((await deploy()).body).toMatchObject({ version: 'v2', versionNumber: 2 })
    expect(await said(first.body.webhookUrl)).toBe('two')
    await says('one')
    expect((await deploy()).body).toMatchObject({ version: 'v1', versionNumber: 1 })
    expect(await versions()).toEqual(['v2', 'v1'])
  })

  test('a number or a known tag: that version, even if the draft moved on; a new tag: the draft under it', async () => {
    const { deploy, says, versions } = await workflow()
    const { webhookUrl } = (await deploy({ version: 'v1.2.0', releaseNotes: 'First' })).body
    await says('two')
    expect((await deploy({ version: 'v1.2.0' })).body).toMatchObject({ version: 'v1.2.0', versionNumber: 1 })
    expect(await said(webhookUrl)).toBe('one')
    expect((await deploy({ version: '0f3c2a9' })).body).toMatchObject({ version: '0f3c2a9', versionNumber: 2 })
    expect(await said(webhookUrl)).toBe('two')
    for (const version of ['v1', 1, '1'])
      expect((await deploy({ version })).body).toMatchObject({ version: 'v1.2.0', versionNumber: 1 })
    expect(await versions()).toEqual(['0f3c2a9', 'v1.2.0'])
  })

  test('an unknown number is refused and nothing is published or switched', async () => {
    const { deploy, versions } = await workflow()
    const { webhookUrl } = (await deploy()).body
    const refused = await deploy({ version: 'v9' })
    expect(refused.status).toBe(404)
    expect(refused.body).toMatchObject({ code: 'version_unknown', detail: expect.stringContaining('v9') })
    expect(await versions()).toEqual(['v1'])
    expect(await said(webhookUrl)).toBe('one')
  })

  test('a dry run tells the plan and changes nothing', async () => {
    const { deploy, says, versions } = await workflow()
    const { webhookUrl } = (await deploy()).body
    await says('two')
    const { status, body } = await deploy({ dryRun: true })
    expect(status).toBe(200)
    expect(body).toMatchObject({
      dryRun: true,
      plan: expect.arrayContaining([{ text: expect.any(String) }]),
      diff: [{ kind: 'stage_changed', path: '/stages/say/config/value/says', old: 'one', new: 'two' }],
      checks: expect.arrayContaining([
        { id: 'variables', status: expect.stringMatching(/^(passed|failed|manual)$/), message: expect.any(String) },
      ]),
    })
    expect(await versions()).toEqual(['v1'])
    expect(await said(webhookUrl)).toBe('one')
  })

  test('placed without activation it takes no traffic until it is activated', async () => {
    const { deploy, says } = await workflow()
    const live = (await deploy()).body
    await says('two')
    expect((await deploy({ autoActivate: false })).body).toMatchObject({ status: 'placed', version: 'v2' })
    expect(await said(live.webhookUrl)).toBe('one')
    const activated = await call('POST', `/v1/deployments/${live.deploymentId}/activate`)
    expect(activated.body).toMatchObject({ state: 'active', activeVersion: { version: 'v2' } })
    expect(await said(live.webhookUrl)).toBe('two')
  })
})

describe('a deployment', () => {
  test('tells what is live, what was before, and how it is reached', async () => {
    const { deploy, says, workflowId, name } = await workflow()
    const first = (await deploy({ releaseNotes: 'Initial production deployment' })).body
    await says('two')
    const second = (await deploy({ releaseNotes: 'Fix error handling', gitCommit: 'abc123' })).body
    expect(second.schedules).toEqual([
      {
        scheduleId: expect.stringMatching(/^sched_/),
        triggerId: 'schedule',
        cron: '0 0 1 1 *',
        timezone: 'UTC',
        enabled: true,
        nextFireAt: expect.stringMatching(/-01-01T00:00:00/),
        lastFireAt: null,
      },
    ])
    const { deploymentId, webhookUrl, webhooks, schedules } = second
    const read = await call('GET', `/v1/deployments/${deploymentId}`)
    const by = { id: expect.any(String), email: server.email }
    expect(read.body).toEqual({
      deploymentId,
      workflowId,
      workflowName: name,
      environment: 'production',
      state: 'active',
      pauseNote: null,
      activeVersion: {
        version: 'v2',
        number: 2,
        digest: second.digest,
        releaseId: second.releaseId,
        deployedAt: INSTANT,
        deployedBy: by,
      },
      previousVersion: {
        version: 'v1',
        number: 1,
        digest: first.digest,
        releaseId: first.releaseId,
        deployedAt: INSTANT,
        deployedBy: null,
      },
      epoch: 2,
      rollout: null,
      webhookUrl,
      webhooks,
      schedules,
      shards: 1,
      health: 'ok',
      activeExecutions: 0,
      configurationChangedSinceRelease: false,
    })
    const list = await call('GET', `/v1/deployments?workflowId=${workflowId}&environment=production`)
    expect(list.body).toEqual({ items: [read.body], nextCursor: null })
    const line = (text: string) => expect.stringMatching(new RegExp(`^${text}$`))
    const history = await call('GET', `/v1/deployments/${deploymentId}/history`)
    expect(history.body).toEqual({
      items: [
        {
          releaseId: second.releaseId,
          kind: 'deploy',
          version: 'v2',
          from: 'v1',
          at: INSTANT,
          by,
          releaseNotes: 'Fix error handling',
          gitCommit: 'abc123',
          reason: null,
          line: line(`v2  \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d [AP]M  ${server.email}  "Fix error handling"`),
        },
        expect.objectContaining({ releaseId: first.releaseId, version: 'v1', from: null }),
      ],
      nextCursor: null,
    })
  })

  test('a rollback is previewed, then immediate; the address stays (S61, S62, S63)', async () => {
    const { deploy, says, name } = await workflow()
    const { deploymentId, webhookUrl } = (await deploy()).body
    const path = `/v1/deployments/${deploymentId}/rollback`
    expect(await call('POST', path, { reason: 'none before' })).toMatchObject({
      status: 409,
      body: { code: 'no_earlier_version' },
    })
    await says('two')
    await deploy()
    const preview = await call('GET', `${path}?version=v1`)
    expect(preview.status).toBe(200)
    expect(preview.body).toEqual({
      workflowName: name,
      environment: 'production',
      current: { version: 'v2', deployedAt: INSTANT },
      target: { version: 'v1', deployedAt: INSTANT },
      activeExecutions: 0,
      warnings: expect.arrayContaining([expect.any(String)]),
    })
    expect(await call('POST', path, {})).toMatchObject({ status: 422, body: { issues: [{ path: '/reason' }] } })
    expect(await said(webhookUrl)).toBe('two')
    const back = await call('POST', path, { reason: 'Critical bug discovered' })
    expect(back.status).toBe(200)
    expect(back.body).toEqual({
      deploymentId,
      releaseId: expect.stringMatching(/^rel_/),
      environment: 'production',
      from: 'v2',
      version: 'v1',
      status: 'rolled_back',
      epoch: 3,
      rolledBackAt: INSTANT,
      rolledBackBy: { id: expect.any(String), email: server.email },
      activeExecutions: 0,
      reason: 'Critical bug discovered',
    })
    expect(await said(webhookUrl)).toBe('one')
    const { body } = await call('GET', `/v1/deployments/${deploymentId}/history`)
    expect(body.items[0]).toMatchObject({
      kind: 'rollback',
      version: 'v1',
      from: 'v2',
      reason: 'Critical bug discovered',
    })
  })

  test('paused, its address answers 503 with Retry-After; resumed, it answers again', async () => {
    const { deploy } = await workflow()
    const { deploymentId, webhookUrl } = (await deploy()).body
    const paused = await call('POST', `/v1/deployments/${deploymentId}/pause`, { note: 'Maintenance' })
    expect(paused.status).toBe(200)
    expect(paused.body).toMatchObject({ state: 'paused', pauseNote: 'Maintenance' })
    const refused = await caller(server.url)('POST', webhookUrl, {})
    expect(refused.status).toBe(503)
    const retryAfter = Number(refused.headers.get('retry-after'))
    expect(retryAfter).toBeGreaterThan(0)
    expect(retryAfter).toBeLessThan(SECONDS_24_H)
    expect(refused.body).toMatchObject({ code: 'paused', hint: expect.any(String) })
    const resumed = await call('POST', `/v1/deployments/${deploymentId}/resume`)
    expect(resumed.body).toMatchObject({ state: 'active', pauseNote: null })
    expect(await said(webhookUrl)).toBe('one')
  })

  test('undeployed, its address answers 404 and the workflow is paused; deployed again, it has the same URL', async () => {
    const { deploy, workflowId } = await workflow()
    const { deploymentId, webhookUrl } = (await deploy()).body
    const undeployed = await call('POST', `/v1/deployments/${deploymentId}/undeploy`)
    expect(undeployed.body).toMatchObject({ deploymentId, state: 'undeployed' })
    expect((await caller(server.url)('POST', webhookUrl, {})).status).toBe(404)
    expect((await call('GET', `/v1/workflows/${workflowId}`)).body.status).toBe('paused')
    const again = await deploy()
    expect(again.body).toMatchObject({ deploymentId, webhookUrl, workflowStatus: 'active' })
    expect(await said(webhookUrl)).toBe('one')
  })

  test('a deployed workflow is deleted only together with its deployment', async () => {
    const { deploy, workflowId } = await workflow()
    const { webhookUrl } = (await deploy()).body
    const refused = await call('DELETE', `/v1/workflows/${workflowId}`)
    expect(refused).toMatchObject({ status: 409, body: { code: 'still_deployed' } })
    expect(refused.text).toContain('production')
    expect((await call('DELETE', `/v1/workflows/${workflowId}?undeploy=true`)).status).toBe(204)
    expect((await caller(server.url)('POST', webhookUrl, {})).status).toBe(404)
    expect((await call('GET', `/v1/workflows/${workflowId}`)).status).toBe(404)
  })
})
