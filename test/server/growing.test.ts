import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Caller, caller } from '../support/server/caller'
import { deployNew } from '../support/server/deploy-new'
import { ended } from '../support/server/ended'
import { type RunningServer, startServer } from '../support/server/start-server'

/** Several times what ten seconds bring at one accept each, which is all a shard of this server is meant for. */
const CALLS = 40

let server: RunningServer
let call: Caller

beforeAll(async () => {
  server = await startServer({ GROW_AT_ACCEPTS_PER_SECOND: '1' })
  call = caller(server.url, server.apiKey)
})
afterAll(() => server.discard())

test('a deployment under load grows by itself; every key still finds its execution, and all complete (I1)', async () => {
  const stages = [{ id: 'double', component: 'transform', config: { value: '{{ input.n * 2 }}' } }]
  const { workflowId, deploymentId } = await deployNew(call, { triggers: [{ type: 'manual' }], stages })
  const numbers = Array.from({ length: CALLS }, (_, n) => n)
  const run = (n: number) =>
    call('POST', '/v1/workflows/run', { workflowId, input: { n } }, { 'idempotency-key': `${workflowId}-${n}` })
  const shards = async () => (await call('GET', `/v1/deployments/${deploymentId}`)).body.shards as number
  expect(await shards()).toBe(1)

  const first = await Promise.all(numbers.map(run))
  await expect.poll(shards).toBeGreaterThan(1)
  const again = await Promise.all(numbers.map(run))
  expect(again.map(({ body }) => body.executionId)).toEqual(first.map(({ body }) => body.executionId))
  for (const { body } of first) expect((await ended(call, body.executionId)).status).toBe('completed')
})
