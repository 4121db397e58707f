import { readdirSync, readFileSync } from 'node:fs'
import { componentTypes } from '#core/components/registry'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Caller, caller } from '../support/server/caller'
import { ended } from '../support/server/ended'
import { type Ai, startAi } from '../support/server/start-ai'
import { type RunningServer, startServer } from '../support/server/start-server'
import { type Arrival, type Sink, startSink } from '../support/server/start-sink'

const folder = new URL('../../examples/components/', import.meta.url)
const files = readdirSync(folder)
const named = (ending: string) =>
  files.filter((file) => file.endsWith(ending)).map((file) => file.slice(0, -ending.length))
const negatives = named('.invalid.workflow.json')
const positives = named('.workflow.json').filter((name) => !name.endsWith('.invalid'))
const read = (file: string) => JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as { readonly name: string }

let sink: Sink
let ai: Ai
let server: RunningServer
let call: Caller

beforeAll(async () => {
  ;[sink, ai] = await Promise.all([startSink(), startAi()])
  server = await startServer({ ...ai.env, MILLRACE_DEV_ALLOW_HOSTS: sink.host })
  call = caller(server.url, server.apiKey)
  await call('PUT', '/v1/environments/development/variables', { variables: { API_URL: sink.url } })
})
afterAll(async () => {
  await server.discard()
  await Promise.all([sink.end(), ai.end()])
})

const deployments = new Map<string, ReturnType<typeof deployAs>>()

/** Saves an example under the name it has and deploys it, once. */
async function deploy(name: string) {
  const known = deployments.get(name) ?? deployAs(name)
  deployments.set(name, known)
  return known
}

async function deployAs(name: string) {
  const created = await call('POST', '/v1/workflows', { definition: read(`${name}.workflow.json`) })
  expect([created.status, created.body.issues]).toEqual([201, []])
  const workflowId = created.body.id as string
  const deployed = await call('POST', '/v1/workflows/deploy', { workflowId, environment: 'development' })
  expect([deployed.status, deployed.text]).toEqual([200, deployed.text])
  return { workflowId, webhookUrl: deployed.body.webhookUrl as string | null }
}

const start = async (workflowId: string, input: object) =>
  (await call('POST', '/v1/workflows/run', { workflowId, input })).body.executionId as string

/** An execution that is over, its stages by their ids, and what it sent. */
async function over(executionId: string) {
  const execution = await ended(call, executionId)
  const trace = await call('GET', `/v1/executions/${executionId}/trace`)
  const sent = (await sink.arrivals()).filter((it) => it.execution === executionId)
  const stage = (id: string) => trace.body.stages.find(({ node }: { node: string }) => node === id)
  return { ...execution, stage, sent }
}

const run = async (workflowId: string, input: object = {}) => over(await start(workflowId, input))

/** What each example shows, told from how its executions ended. */
const shows: Record<string, () => Promise<void>> = {
  async code() {
    const { workflowId } = await deploy('code')
    const { output, stage } = await run(workflowId)
    expect(output).toEqual({ parcels: 2, first: { kg: 10, skus: ['chair', 'lamp'] } })
    expect(stage('pack').logs).toMatchObject([{ message: 'packed', fields: { items: 4, parcels: 2 } }])
  },
  async conditional() {
    const { workflowId } = await deploy('conditional')
    const small = await run(workflowId, { employee: 'Ada', amount: 80 })
    expect(small).toMatchObject({ status: 'completed', output: { employee: 'Ada', decision: { status: 'approved' } } })
    expect(small.stage('ask-manager')).toMatchObject({ status: 'skipped' })
    const large = await run(workflowId, { employee: 'Ada', amount: 800 })
    expect(large).toMatchObject({ status: 'completed', output: { decision: { status: 'needs_approval' } } })
    expect(large.stage('large').output).toEqual({ result: true, taken: ['if_true'] })
  },
  async delay() {
    const { workflowId } = await deploy('delay')
    const { output, stage } = await run(workflowId, { afterSeconds: 1 })
    expect(output.text).toBe('Planning begins.')
    expect(output.waitedMs).toBeGreaterThanOrEqual(1_000)
    expect(stage('until-morning').output).toEqual({ waited_ms: 0 })
  },
  async foreach() {
    const { workflowId } = await deploy('foreach')
    const { output, stage } = await run(workflowId)
    expect(output).toEqual({
      lines: [
        { line: 1, sku: 'lamp', total: 40 },
        { line: 2, sku: 'chair', total: 180 },
        { line: 3, sku: 'desk', total: 180 },
      ],
      failed: 0,
    })
    expect(stage('label')).toMatchObject({ parent: 'lines', status: 'completed' })
  },
  async generator() {
    const { workflowId } = await deploy('generator')
    const { executionId, output, stage } = await run(workflowId, { message: 'Where is my parcel?' })
    expect(output).toMatchObject({ category: 'billing', answer: 'You asked: Answer a message about billing.' })
    expect(stage('classify').metadata.usage.total_tokens).toBeGreaterThan(0)
    const [question] = (await ai.asked()).filter(({ key }) => key === `${executionId}:classify`)
    expect(JSON.stringify(question?.body)).toContain('Where is my parcel?')
  },
  async 'http-request'() {
    const { workflowId } = await deploy('http-request')
    const { output, sent } = await run(workflowId, { order: 'B-7' })
    expect(output).toEqual({ sent: 200, found: true })
    expect(sent).toMatchObject([{ method: 'POST', path: '/orders', stage: 'send-order', attempt: 1 }])
  },
  async 'http-request-bodies'() {
    const { workflowId } = await deploy('http-request-bodies')
    const { output, sent } = await run(workflowId)
    expect(output).toEqual({ form: 200, upload: 200, bytes: 200 })
    expect(sent.map(({ method, path }: Arrival) => `${method} ${path}`).toSorted()).toEqual([
      'POST /reports/form',
      'POST /reports/upload',
      'PUT /reports/raw',
    ])
  },
  async logger() {
    const { workflowId } = await deploy('logger')
    const { status, stage } = await run(workflowId)
    expect(status).toBe('completed')
    expect(stage('begin').logs).toMatchObject([{ level: 'info', message: 'Importing 3 rows' }])
    const fields = { ids: [2], trigger: 'manual' }
    expect(stage('report').logs).toMatchObject([{ level: 'warn', message: '1 rows were left out', fields }])
  },
  async parallel() {
    const { workflowId } = await deploy('parallel')
    const { output, stage } = await run(workflowId)
    expect(output).toEqual({ price: 120, available: true, reviews: ['good', 'better'] })
    expect(stage('ask').output.branches).toHaveLength(3)
  },
  async respond() {
    const { workflowId, webhookUrl } = await deploy('respond')
    const answer = await caller(server.url)('POST', webhookUrl ?? '', { orderId: 'A-1' })
    expect([answer.status, answer.body]).toEqual([202, { orderId: 'A-1', status: 'accepted' }])
    expect(answer.headers.get('location')).toBe('/orders/A-1')
    const list = async () => (await call('GET', `/v1/executions?workflowId=${workflowId}`)).body.items
    await expect.poll(async () => (await list()).length).toBe(1)
    const [{ executionId }] = await list()
    expect(await over(executionId)).toMatchObject({ status: 'completed', output: { orderId: 'A-1', answered: true } })
  },
  async switch() {
    const { workflowId } = await deploy('switch')
    const urgent = await run(workflowId, { ticket: 'T-1', priority: 'Urgent' })
    expect(urgent.output).toEqual({
      ticket: 'T-1',
      assignment: { team: 'on-call', answerWithinMinutes: 15 },
      note: 'We are looking at T-1 right now.',
    })
    expect(urgent.stage('queue').status).toBe('skipped')
    const other = await run(workflowId, { ticket: 'T-2' })
    expect(other.output).toMatchObject({ assignment: { team: 'front-desk' }, note: null })
    expect(other.stage('route').output).toEqual({ matched: null, taken: ['default'] })
  },
  async transform() {
    const { workflowId } = await deploy('transform')
    const { output } = await run(workflowId)
    expect(output).toEqual({
      number: 'INV-20260105',
      customer: { name: '  ada lovelace ', email: 'Ada@Example.com' },
      mailTo: 'ada@example.com',
      skus: 'lamp, chair',
      due: '2026-01-19T09:30:00.000Z',
      total: 285.6,
    })
  },
  async trycatch() {
    const { workflowId } = await deploy('trycatch')
    const order = { orderId: 'A-1', amount: 12.5 }
    const paid = await run(workflowId, order)
    expect(paid).toMatchObject({ status: 'completed', output: { orderId: 'A-1', status: 'paid' } })
    expect(paid.stage('keep-unpaid').status).toBe('skipped')
    await sink.overrule('500')
    const unpaid = await run(workflowId, order)
    await sink.overrule(null)
    expect(unpaid).toMatchObject({ status: 'completed', output: { status: 'unpaid', reason: 'http_status' } })
    expect(unpaid.sent).toHaveLength(2)
    expect(unpaid.stage('receipt').status).toBe('cancelled')
    expect(unpaid.stage('write-down').logs).toMatchObject([{ message: 'Order A-1 was charged: failed' }])
  },
  async 'wait-for-signal'() {
    const { workflowId } = await deploy('wait-for-signal')
    const executionId = await start(workflowId, { orderId: 'A-1', amount: 30 })
    const read = async () => (await call('GET', `/v1/executions/${executionId}`)).body.status
    await expect.poll(read).toBe('waiting')
    const payload = { choice: 'approve' }
    const signal = await call('POST', `/v1/executions/${executionId}/signals/approve-refund`, { payload })
    expect(signal.status).toBe(200)
    const execution = await over(executionId)
    expect(execution).toMatchObject({ status: 'completed', output: { orderId: 'A-1', refunded: 30 } })
    expect(execution.stage('decline').status).toBe('skipped')
  },
  async workflow() {
    await deploy('workflow-credit-score')
    const { workflowId } = await deploy('workflow')
    const { executionId, output } = await run(workflowId, { customerId: 'vip-7' })
    expect(output).toEqual({ customerId: 'vip-7', score: 800 })
    const list = async () => (await call('GET', '/v1/executions?trigger=workflow')).body.items
    await expect.poll(list).toMatchObject([{ parentExecutionId: executionId, status: 'completed' }])
  },
  async 'workflow-credit-score'() {
    const { workflowId } = await deploy('workflow-credit-score')
    expect((await run(workflowId, { customerId: 'c-1' })).output).toBe(650)
  },
}

test('every component of the register has an example, and a mistake with its error', () => {
  for (const name of componentTypes().map((type) => type.replaceAll('_', '-'))) {
    expect(positives).toContain(name)
    expect(negatives).toContain(name)
    expect(files).toContain(`${name}.invalid.expected.json`)
  }
})

describe('the example', () => {
  test.each(positives)('%s runs and shows what it is for', async (name) => {
    expect(Object.keys(shows)).toContain(name)
    await shows[name]?.()
  })
})

describe('the mistake', () => {
  test.each(negatives)('in %s is refused at deploy with its code, place, message and hint', async (name) => {
    const { path, ...error } = read(`${name}.invalid.expected.json`) as unknown as { path: string }
    const created = await call('POST', '/v1/workflows', { definition: read(`${name}.invalid.workflow.json`) })
    const workflowId = created.body.id as string
    const refused = await call('POST', '/v1/workflows/deploy', { workflowId, environment: 'development' })
    expect([refused.status, refused.body.code]).toEqual([422, 'deploy_refused'])
    expect(refused.body.issues).toEqual([{ ...error, path: `/definition${path}`, severity: 'error' }])
    expect((await call('GET', `/v1/deployments?workflowId=${workflowId}`)).body.items).toEqual([])
  })
})
