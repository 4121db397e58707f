import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { allItems } from '../support/server/all-items'
import { type Caller, caller } from '../support/server/caller'
import { deployNew } from '../support/server/deploy-new'
import { newOrganization } from '../support/server/new-organization'
import { type RunningServer, startServer } from '../support/server/start-server'

const CALLS = 1_000
const REPEATS = 100

let server: RunningServer
let call: Caller

beforeAll(async () => {
  server = await startServer()
  call = caller(server.url, server.apiKey)
})
afterAll(() => server.discard())

const document = {
  triggers: [{ type: 'webhook', method: ['POST'], authentication: { type: 'none' } }, { type: 'manual' }],
  stages: [
    { id: 'first', component: 'transform', config: { value: '{{ input.n }}' } },
    {
      id: 'second',
      component: 'logger',
      depends_on: ['first'],
      config: { message: 'Order {{ stages.first.output }}' },
    },
    { id: 'third', component: 'transform', depends_on: ['second'], config: { value: '{{ stages.first.output * 2 }}' } },
  ],
}

test('1,000 concurrent webhook calls are exactly 1,000 completed executions, each with its own input (I1)', async () => {
  const { workflowId, hook, deploymentId } = await deployNew(call, document)
  const numbers = Array.from({ length: CALLS }, (_, n) => n)
  const answers = await Promise.all(numbers.map((n) => caller(server.url)('POST', hook, { n })))
  expect(answers.filter(({ status }) => status !== 200)).toEqual([])
  const accepted = answers.map(({ body }) => body.executionId as string)
  expect(new Set(accepted).size).toBe(CALLS)

  const list = () => allItems(call, `/v1/executions?workflowId=${workflowId}`)
  const completed = async () => (await list()).filter(({ status }) => status === 'completed').length
  await expect.poll(completed, { timeout: 60_000, interval: 250 }).toBe(CALLS)
  const items = await list()
  expect(items.map(({ executionId }) => executionId as string).toSorted()).toEqual(accepted.toSorted())
  expect((await call('GET', `/v1/deployments/${deploymentId}`)).body.activeExecutions).toBe(0)

  for (const n of [0, 1, 499, 998, 999])
    expect((await call('GET', `/v1/executions/${accepted[n]}`)).body).toMatchObject({ input: { n }, output: n * 2 })

  // By now most have left their shard for the archive, where their traces read the same.
  for (const n of [0, 499, 999]) {
    const { body } = await call('GET', `/v1/executions/${accepted[n]}/trace`)
    expect(body).toMatchObject({ status: 'completed', complete: true, trigger: { input: { n } } })
    expect(body.stages).toMatchObject([
      { node: 'first', status: 'completed', output: n },
      { node: 'second', logs: [{ message: `Order ${n}` }] },
      { node: 'third', output: n * 2 },
    ])
  }

  const { call: stranger } = await newOrganization(server.url)
  expect(await allItems(stranger, '/v1/executions')).toEqual([])
  expect((await stranger('GET', `/v1/executions/${accepted[0]}`)).status).toBe(404)
})

for (const mode of ['immediate', 'lastNode'])
  test(`one call repeated 100 times at once with one Idempotency-Key is one execution (${mode})`, async () => {
    const [webhook, manual] = document.triggers
    const triggers = [{ ...webhook, responseMode: mode }, manual]
    const { workflowId, hook } = await deployNew(call, { ...document, triggers })
    const headers = { 'idempotency-key': randomUUID() }
    const answers = await Promise.all(
      Array.from({ length: REPEATS }, () => caller(server.url)('POST', hook, { n: 21 }, headers)),
    )
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    const ids = new Set(answers.map(({ body }) => body.executionId as string))
    expect(ids.size).toBe(1)
    if (mode === 'lastNode') expect(answers.map(({ body }) => body.data)).toEqual(answers.map(() => 42))
    await expect
      .poll(() => allItems(call, `/v1/executions?workflowId=${workflowId}`))
      .toMatchObject([{ executionId: [...ids][0], status: 'completed' }])
  })

test('one run repeated 100 times at once with one Idempotency-Key is one execution', async () => {
  const { workflowId } = await deployNew(call, document)
  const headers = { 'idempotency-key': randomUUID() }
  const run = () => call('POST', '/v1/workflows/run', { workflowId, input: { n: 21 }, wait: true }, headers)
  const answers = await Promise.all(Array.from({ length: REPEATS }, run))
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
  expect(new Set(answers.map(({ body }) => body.executionId)).size).toBe(1)
  expect(answers.map(({ body }) => body.data)).toEqual(answers.map(() => 42))
})
