import { describe, expect, test } from 'vitest'
import { deployed, deployNext, run } from './deployed'
import { clientWith, newOrganization, send } from './support'

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
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(4)
    const other = await place.client.runWorkflow({ body: { ...body, input: { customerId: 'c2' } }, idempotencyKey })
    expect(other).toMatchObject({ ok: false, status: 422, problem: { code: 'idempotency_key_reused' } })
  })

  test('an execution ends up in the list and is found by every filter (S58, S120)', async () => {
    const place = await deployed()
    const started = await run(place)
    const id = started.ok ? started.body.executionId : ''
    const list = (query: object) => place.client.listExecutions({ query })
    await expect.poll(async () => JSON.stringify(await list({}))).toContain(id)
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
    await expect.poll(async () => JSON.stringify(await read())).toContain('"status":"completed"')
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
