import { describe, expect, test } from 'vitest'
import { clientWith, newOrganization, sampleDefinition, send } from './support'

async function deployed(environment = 'production') {
  const organization = await newOrganization()
  const client = clientWith(organization.key)
  const created = await client.createWorkflow({ body: { definition: sampleDefinition('customer-onboarding') } })
  if (!created.ok) throw new Error(JSON.stringify(created.problem))
  const workflowId = created.body.id
  const answer = await client.deployWorkflow({ body: { workflowId, environment } })
  if (!answer.ok || !('deploymentId' in answer.body)) throw new Error(JSON.stringify(answer))
  return { ...organization, client, workflow: created.body, workflowId, deployment: answer.body }
}

/** The draft with `by` set to another word, saved and deployed as the next version. */
async function deployNext(place: Awaited<ReturnType<typeof deployed>>, by: string, revision: number, version?: string) {
  const definition = sampleDefinition('customer-onboarding')
  definition.stages[0]!.config.value.by = by
  const saved = await place.client.saveWorkflow({ params: { id: place.workflowId }, body: { definition, revision } })
  expect(saved.ok).toBe(true)
  const body = {
    workflowId: place.workflowId,
    environment: 'production',
    ...(version === undefined ? {} : { version }),
  }
  const answer = await place.client.deployWorkflow({ body })
  if (!answer.ok || !('deploymentId' in answer.body)) throw new Error(JSON.stringify(answer))
  return answer.body
}

const run = (place: Awaited<ReturnType<typeof deployed>>, more: object = {}) =>
  place.client.runWorkflow({ body: { workflowId: place.workflowId, input: { customerId: 'c1' }, wait: true, ...more } })

describe('from a draft to a trace', () => {
  test('a deploy answers as its source prints it (S75, S76)', async () => {
    const { deployment, workflowId, client } = await deployed()
    expect(deployment).toMatchObject({
      deploymentId: expect.stringMatching(/^deploy_[0-9a-z]{13}$/),
      workflowId,
      environment: 'production',
      version: 'v1',
      versionNumber: 1,
      status: 'deployed',
      workflowStatus: 'active',
      message: 'Workflow "customer-onboarding" deployed successfully',
      digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      webhookUrl: expect.stringMatching(/^http:\/\/millrace\.test\/webhook\/[0-9a-z]+$/),
      webhooks: [{ triggerId: 'webhook', method: ['POST'] }],
    })
    expect(await client.getWorkflow({ params: { id: workflowId } })).toMatchObject({ body: { status: 'active' } })
  })

  test('a run is validated, defaulted, performed and traced (S13, S15, S55)', async () => {
    const place = await deployed()
    const answer = await run(place)
    expect(answer).toMatchObject({
      status: 200,
      body: { status: 'completed', data: { customer: 'c1', by: 'v1' }, version: 'v1' },
    })
    const id = answer.ok ? answer.body.executionId : ''
    expect(await place.client.getExecution({ params: { id } })).toMatchObject({
      ok: true,
      body: {
        executionId: id,
        workflowName: 'customer-onboarding',
        status: 'completed',
        trigger: 'manual',
        input: { customerId: 'c1', priority: 5 },
        output: { customer: 'c1', by: 'v1' },
        error: null,
        environment: 'production',
        duration: expect.any(Number),
      },
    })
    const trace = await place.client.getTrace({ params: { id } })
    expect(trace).toMatchObject({
      ok: true,
      body: {
        complete: true,
        truncated: false,
        trigger: { type: 'manual', input: { customerId: 'c1', priority: 5 } },
        stages: [{ node: 'shape', component: 'transform', status: 'completed', output: { customer: 'c1', by: 'v1' } }],
      },
    })
  })

  test('a webhook reaches the deployed version and answers with its output (S25)', async () => {
    const { deployment } = await deployed()
    const path = new URL(deployment.webhookUrl ?? '').pathname
    const answer = await send(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"customerId":"w1"}',
    })
    expect(answer.status).toBe(200)
    expect(await answer.json()).toMatchObject({ status: 'completed', data: { customer: 'w1', by: 'v1' } })
  })

  test('an input that does not fit is refused with one issue for each field', async () => {
    const place = await deployed()
    const answer = await run(place, { input: { priority: 'high' } })
    expect(answer).toMatchObject({ ok: false, status: 422, problem: { code: 'input_invalid' } })
    expect(!answer.ok && answer.problem.issues.map((issue) => issue.path).toSorted()).toEqual([
      '/input/customerId',
      '/input/priority',
    ])
  })

  test('a run repeated with its Idempotency-Key is one execution; another input under the key is refused', async () => {
    const place = await deployed()
    const body = { workflowId: place.workflowId, input: { customerId: 'c1' } }
    const idempotencyKey = crypto.randomUUID()
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => place.client.runWorkflow({ body, idempotencyKey })),
    )
    expect(new Set(answers.map((answer) => answer.ok && answer.body.executionId)).size).toBe(1)
    expect(answers.map((answer) => answer.status).toSorted()).toEqual([200, 200, 200, 200, 202])
    const other = await place.client.runWorkflow({ body: { ...body, input: { customerId: 'c2' } }, idempotencyKey })
    expect(other).toMatchObject({ ok: false, status: 422, problem: { code: 'idempotency_key_reused' } })
  })

  test('an execution ends up in the list and is found by every filter (S58, S120)', async () => {
    const place = await deployed()
    const started = await run(place)
    const id = started.ok ? started.body.executionId : ''
    const list = (query: object) => place.client.listExecutions({ query })
    await expect.poll(async () => JSON.stringify(await list({})), { timeout: 10_000 }).toContain(id)
    for (const query of [
      { workflowId: place.workflowId },
      { environment: 'production', status: 'success' },
      { trigger: 'manual', dateRange: 'last_hour' },
      { version: 'v1', test: 'false' },
    ]) {
      expect(JSON.stringify(await list(query))).toContain(id)
    }
    expect(await list({ status: 'failed' })).toMatchObject({ ok: true, body: { items: [], nextCursor: null } })
    expect(await list({ environment: 'staging' })).toMatchObject({ ok: true, body: { items: [] } })
    expect(await list({ status: 'exploded' })).toMatchObject({
      ok: false,
      status: 422,
      problem: { issues: [{ path: '/query/status' }] },
    })
  })
})

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

describe('configuration', () => {
  const definition = {
    name: 'configured',
    triggers: [{ type: 'manual' }],
    stages: [
      {
        id: 'show',
        component: 'transform',
        config: { value: { base: '{{ vars.API_BASE_URL }}', key: '{{ secrets.KEY }}' } },
      },
    ],
  }

  test('a deploy without what it needs is refused by name; set, it runs; changed, the next execution sees it', async () => {
    const { key } = await newOrganization()
    const client = clientWith(key)
    const created = await client.createWorkflow({ body: { definition } })
    const workflowId = created.ok ? created.body.id : ''
    const deploy = () => client.deployWorkflow({ body: { workflowId, environment: 'staging' } })
    const refused = await deploy()
    expect(refused).toMatchObject({ ok: false, status: 422, problem: { code: 'deploy_refused' } })
    expect(!refused.ok && refused.problem.issues.map((issue) => issue.code).toSorted()).toEqual([
      'unset_secret',
      'unset_variable',
    ])

    const name = { name: 'staging' }
    const secrets = await client.putSecrets({ params: name, body: { secrets: { KEY: 'top-secret-value' } } })
    expect(JSON.stringify(secrets)).not.toContain('top-secret-value')
    expect(secrets).toMatchObject({
      ok: true,
      body: { items: [{ name: 'KEY', version: 1, allowedHosts: [] }], applied: { done: 0, pending: 0 } },
    })
    expect(
      await client.putVariables({ params: name, body: { variables: { API_BASE_URL: 'https://a.example' } } }),
    ).toMatchObject({
      ok: true,
      body: { variables: { API_BASE_URL: { value: 'https://a.example', secret: false } } },
    })
    expect(await deploy()).toMatchObject({ ok: true, body: { status: 'deployed' } })

    const runs = () => client.runWorkflow({ body: { workflowId, wait: true } })
    const first = await runs()
    expect(first).toMatchObject({ ok: true, body: { data: { base: 'https://a.example' } } })
    expect(
      JSON.stringify(await client.getTrace({ params: { id: first.ok ? first.body.executionId : '' } })),
    ).not.toContain('top-secret-value')

    expect(
      await client.putVariables({
        params: name,
        body: { variables: { API_BASE_URL: 'https://b.example', OTHER: 'x' } },
      }),
    ).toMatchObject({
      body: { applied: { done: 1, pending: 0 } },
    })
    expect(await runs()).toMatchObject({ ok: true, body: { data: { base: 'https://b.example' } } })
    expect(await client.putVariables({ params: name, body: { variables: { OTHER: null } } })).toMatchObject({
      body: { applied: { done: 0, pending: 0 } },
    })
    const list = await client.listDeployments({})
    expect(list).toMatchObject({
      ok: true,
      body: { items: [{ configurationChangedSinceRelease: false, health: 'ok', environment: 'staging' }] },
    })
  })
})

describe('executions afterwards', () => {
  test('a replay runs the same input again, on another version when asked', async () => {
    const place = await deployed()
    const first = await run(place)
    const id = first.ok ? first.body.executionId : ''
    await deployNext(place, 'v2', 1)
    const replay = await place.client.replayExecution({ params: { id } })
    expect(replay).toMatchObject({ ok: true, status: 202, body: { replayOf: id, status: 'pending' } })
    const again = replay.ok ? replay.body.executionId : ''
    const read = () => place.client.getExecution({ params: { id: again } })
    await expect.poll(async () => JSON.stringify(await read()), { timeout: 10_000 }).toContain('"status":"completed"')
    expect(await read()).toMatchObject({
      ok: true,
      body: { replayOf: id, version: 'v2', output: { by: 'v2' }, input: { customerId: 'c1' } },
    })
  })

  test('a finished execution cannot be cancelled, and nothing of it can be retried', async () => {
    const place = await deployed()
    const first = await run(place)
    const params = { id: first.ok ? first.body.executionId : '' }
    expect(await place.client.cancelExecution({ params })).toMatchObject({
      ok: false,
      status: 409,
      problem: { code: 'execution_finished' },
    })
    expect(await place.client.retryExecution({ params })).toMatchObject({
      ok: false,
      status: 409,
      problem: { code: 'nothing_to_retry' },
    })
    expect(await place.client.retryExecution({ params, body: { fromStage: 'nope' } })).toMatchObject({
      ok: false,
      status: 422,
    })
  })

  test("another organization's things do not exist (I10)", async () => {
    const place = await deployed()
    const first = await run(place)
    const executionId = first.ok ? first.body.executionId : ''
    const stranger = clientWith((await newOrganization()).key)
    const answers = await Promise.all([
      stranger.getExecution({ params: { id: executionId } }),
      stranger.getTrace({ params: { id: executionId } }),
      stranger.cancelExecution({ params: { id: executionId } }),
      stranger.replayExecution({ params: { id: executionId } }),
      stranger.getWorkflow({ params: { id: place.workflowId } }),
      stranger.getDeployment({ params: { id: place.deployment.deploymentId } }),
      stranger.rollbackDeployment({ params: { id: place.deployment.deploymentId }, body: { reason: 'mine' } }),
      stranger.runWorkflow({ body: { workflowId: place.workflowId } }),
      stranger.deployWorkflow({ body: { workflowId: place.workflowId, environment: 'production' } }),
    ])
    expect(answers.map((answer) => answer.status)).toEqual(answers.map(() => 404))
  })
})
