import { readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { allItems } from '../support/server/all-items'
import { type Caller, caller } from '../support/server/caller'
import { curl } from '../support/server/curl'
import { deployNew } from '../support/server/deploy-new'
import { ended } from '../support/server/ended'
import { DIGEST, EXECUTION_ID, INSTANT } from '../support/server/patterns'
import { type RunningServer, startServer } from '../support/server/start-server'

const ORDER = { orderId: '12345', amount: 99.99, currency: 'USD' }
const WEBHOOK_KEY = 'your_webhook_key'

const example = (name: string) =>
  JSON.parse(readFileSync(path.join(import.meta.dirname, '../../examples', name), 'utf8')) as object

let server: RunningServer
let call: Caller

beforeAll(async () => {
  server = await startServer()
  call = caller(server.url, server.apiKey)
  for (const environment of ['development', 'staging', 'production']) {
    const variables = { webhook_api_key: { value: WEBHOOK_KEY, secret: true } }
    await call('PUT', `/v1/environments/${environment}/variables`, { variables })
  }
})
afterAll(() => server.discard())

const customers = {
  triggers: [
    {
      type: 'manual',
      inputSchema: {
        customerId: { type: 'string', required: true, description: 'Customer identifier' },
        action: { type: 'string', enum: ['activate', 'deactivate', 'update'], default: 'activate' },
        priority: { type: 'number', default: 5, min: 1, max: 10 },
      },
    },
  ],
  stages: [{ id: 'shape', component: 'transform', config: { value: '{{ input }}' } }],
}

describe('the published calls work unmodified but for host, key and id', () => {
  test('running a workflow (S13, S15)', async () => {
    const { workflowId } = await deployNew(call, customers)
    const answer = await curl(
      `curl -X POST HOST/v1/workflows/run \\
  -H "Authorization: Bearer YOUR_API_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{
    "workflowId": "workflow_123",
    "input": {
      "customerId": "cust_456",
      "action": "activate",
      "priority": 8
    }
  }'`,
      { HOST: server.url, YOUR_API_KEY: server.apiKey, workflow_123: workflowId },
    )
    expect(answer.status).toBe(202)
    expect(answer.body).toEqual({
      executionId: EXECUTION_ID,
      status: 'pending',
      workflowId,
      environment: 'development',
      version: 'v1',
    })
    expect(await ended(call, answer.body.executionId)).toMatchObject({
      status: 'completed',
      output: { customerId: 'cust_456', action: 'activate', priority: 8 },
    })
  })

  test('triggering a webhook (S23, S24)', async () => {
    const { hook } = await deployNew(call, example('order-intake.workflow.json'))
    const answer = await curl(
      `curl -X POST HOST/webhook/abc123xyz \\
  -H "Content-Type: application/json" \\
  -H "X-API-Key: your_webhook_key" \\
  -d '{
    "orderId": "12345",
    "amount": 99.99,
    "currency": "USD"
  }'`,
      { HOST: server.url, '/webhook/abc123xyz': hook },
    )
    expect(answer.status).toBe(200)
    expect(answer.body).toEqual({
      status: 'accepted',
      executionId: EXECUTION_ID,
      message: 'Workflow triggered successfully',
    })
  })

  test('deploying a version (S75, S76)', async () => {
    const definition = { ...example('order-intake.workflow.json'), name: 'customer-onboarding' }
    const created = await call('POST', '/v1/workflows', { name: 'Customer Onboarding', definition })
    const workflowId = created.body.id as string
    const answer = await curl(
      `curl -X POST HOST/v1/workflows/deploy \\
  -H "Authorization: Bearer YOUR_API_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{
    "workflowId": "workflow_123",
    "environment": "production",
    "version": "v1.2.0",
    "releaseNotes": "Add retry logic to API calls",
    "autoActivate": true
  }'`,
      { HOST: server.url, YOUR_API_KEY: server.apiKey, workflow_123: workflowId },
    )
    expect(answer.status).toBe(200)
    const webhookUrl = expect.stringMatching(new RegExp(`^${server.url}/webhook/[0-9a-z]+$`))
    expect(answer.body).toEqual({
      deploymentId: expect.stringMatching(/^deploy_[0-9a-z]{13}$/),
      workflowId,
      environment: 'production',
      version: 'v1.2.0',
      status: 'deployed',
      deployedAt: INSTANT,
      webhookUrl,
      releaseId: expect.stringMatching(/^rel_/),
      versionNumber: 1,
      digest: DIGEST,
      workflowStatus: 'active',
      message: 'Workflow "Customer Onboarding" deployed successfully',
      webhooks: [{ triggerId: 'webhook', url: webhookUrl, method: ['POST', 'PUT'] }],
      schedules: [],
      issues: [],
    })
  })
})

describe('an order comes in by webhook', () => {
  const post = (hook: string, order: object) => caller(server.url)('POST', hook, order, { 'x-api-key': WEBHOOK_KEY })

  test('immediate: accepted with an id at once, and completed afterwards (S19, S24)', async () => {
    const { hook, workflowId, deploymentId } = await deployNew(call, example('order-intake.workflow.json'))
    const accepted = await post(hook, ORDER)
    expect(accepted.status).toBe(200)
    const { executionId } = accepted.body
    const execution = await ended(call, executionId)
    expect(execution).toEqual({
      executionId,
      workflowId,
      workflowName: expect.stringMatching(/^w-/),
      deploymentId,
      environment: 'development',
      version: 'v1',
      status: 'completed',
      trigger: 'webhook',
      triggerId: 'webhook',
      acceptedAt: INSTANT,
      startedAt: INSTANT,
      endedAt: INSTANT,
      duration: expect.any(Number),
      triggeredBy: null,
      input: ORDER,
      output: { processedOrder: '12345', invoiceId: 'INV-12345', status: 'completed' },
      error: null,
      test: false,
      replayOf: null,
      parentExecutionId: null,
      tags: [],
      startsAt: null,
      expiresAt: null,
    })
  })

  test('lastNode: the caller gets the last stage’s output (S19, S25)', async () => {
    const { hook } = await deployNew(call, example('order-intake-sync.workflow.json'))
    const completed = await post(hook, ORDER)
    expect(completed.status).toBe(200)
    expect(completed.body).toEqual({
      status: 'completed',
      executionId: EXECUTION_ID,
      data: { processedOrder: '12345', invoiceId: 'INV-12345', status: 'completed' },
    })
    const rejected = await post(hook, { ...ORDER, amount: 0 })
    expect(rejected.body.data).toEqual({ processedOrder: '12345', invoiceId: null, status: 'rejected' })
  })

  for (const mode of ['order-intake', 'order-intake-sync'])
    test(`${mode} leaves a complete trace: what went into each stage, what came out, and when (I13, S55)`, async () => {
      const { hook } = await deployNew(call, example(`${mode}.workflow.json`))
      const { executionId } = (await post(hook, ORDER)).body
      await ended(call, executionId)
      const { body: trace } = await call('GET', `/v1/executions/${executionId}/trace`)
      const line = 'Order 12345 arrived by webhook'
      const invoice = { invoiceId: 'INV-12345', amount: 99.99, currency: 'USD' }
      const order = { processedOrder: '12345', invoiceId: 'INV-12345', status: 'completed' }
      const taken = { result: true, taken: ['if_true'] }
      const lists = { if_true: ['create-invoice'], if_false: ['reject-order'] }
      expect(trace).toEqual({
        executionId,
        status: 'completed',
        version: 'v1',
        complete: true,
        truncated: false,
        trigger: { type: 'webhook', input: ORDER, receivedAt: INSTANT },
        stages: [
          ranOnce('log-order', 'logger', { level: 'info', message: line }, { message: line }, [
            { level: 'info', message: line, at: INSTANT },
          ]),
          ranOnce('check-amount', 'conditional', { condition: true, ...lists }, taken),
          ranOnce('create-invoice', 'transform', { value: invoice }, invoice),
          ranOnce('complete-order', 'transform', { value: order }, order),
          {
            ...ranOnce('reject-order', 'transform', null, null),
            status: 'skipped',
            startedAt: null,
            duration: null,
            skippedBecause: 'check-amount took if_true',
            attempts: [],
          },
        ],
      })
      const instants = trace.stages
        .filter((stage: { startedAt: string | null }) => stage.startedAt !== null)
        .flatMap((stage: { startedAt: string; endedAt: string }) => [stage.startedAt, stage.endedAt])
      const inOrder: string[] = [trace.trigger.receivedAt, ...instants]
      expect(inOrder).toEqual(inOrder.toSorted())
    })

  test('its execution is listed soon after it ended (S52, S120)', async () => {
    const { hook, workflowId } = await deployNew(call, example('order-intake-sync.workflow.json'))
    const { executionId } = (await post(hook, ORDER)).body
    await expect
      .poll(() => allItems(call, `/v1/executions?workflowId=${workflowId}`))
      .toMatchObject([{ executionId, status: 'completed', trigger: 'webhook', environment: 'development' }])
  })
})

function ranOnce(node: string, component: string, input: unknown, output: unknown, logs: unknown[] = []) {
  const duration = expect.any(Number)
  return {
    node,
    address: node,
    component,
    parent: null,
    iteration: null,
    iterations: null,
    status: 'completed',
    startedAt: INSTANT,
    endedAt: INSTANT,
    duration,
    input,
    output,
    error: null,
    skippedBecause: null,
    logs,
    attempts: [{ number: 1, startedAt: INSTANT, duration, output, error: null }],
    metadata: { requestTime: null, retries: 0, cached: false },
  }
}
