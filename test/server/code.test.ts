import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Caller, caller } from '../support/server/caller'
import { deployNew } from '../support/server/deploy-new'
import { type Recorder, startRecorder } from '../support/server/start-recorder'
import { type RunningServer, startServer } from '../support/server/start-server'

let server: RunningServer
let call: Caller
let outside: Recorder

beforeAll(async () => {
  outside = await startRecorder(({ path }) => ({ body: { path } }))
  server = await startServer({ MILLRACE_DEV_ALLOW_HOSTS: outside.host })
  call = caller(server.url, server.apiKey)
})
afterAll(async () => {
  await server.discard()
  await outside.close()
})

const withCode = (source: string, config: object = {}) => ({
  triggers: [{ type: 'manual' }],
  stages: [{ id: 'code', component: 'code', config: { source, ...config } }],
})
const run = (workflowId: string, input: object = {}) =>
  call('POST', '/v1/workflows/run', { workflowId, input, wait: true })

describe('a code stage of the running server', () => {
  test('shows errors where they are in its source', async () => {
    const { workflowId } = await deployNew(
      call,
      withCode('const order = inputs.order\nreturn order.customer.name', { inputs: '{{ input }}' }),
    )
    const { body } = await run(workflowId, { order: {} })
    expect(body).toMatchObject({
      status: 'failed',
      error: { code: 'code_threw', stage: 'code', details: { line: 2, column: 23 } },
    })
  })

  test('reaches what its organization may call, and no address of this machine', async () => {
    const source = `const reached = async (url) => { try { return (await fetch(url)).status } catch (error) { return error.code } }
      return [await reached('${outside.url}/x'), await reached('${server.url}/health'), await reached('http://127.0.0.1:9/')]`
    const { workflowId } = await deployNew(call, withCode(source))
    const { body } = await run(workflowId)
    expect(body.data).toEqual([200, 'egress_denied', 'egress_denied'])
  })

  test('that never ends is stopped, and the server goes on', async () => {
    const { workflowId } = await deployNew(call, withCode('while (true) {}\nreturn 1', { timeout: 1_000 }))
    const { body } = await run(workflowId)
    expect(body).toMatchObject({ status: 'failed', error: { code: 'code_timeout' } })
    expect((await call('GET', '/health')).status).toBe(200)
  })

  test('keeps nothing from one execution to the next', async () => {
    const source = 'globalThis.left = (globalThis.left ?? 0) + 1\nreturn globalThis.left'
    const { workflowId } = await deployNew(call, withCode(source))
    for (let i = 0; i < 3; i++) expect((await run(workflowId)).body.data).toBe(1)
  })
})
