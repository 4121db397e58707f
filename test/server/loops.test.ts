import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Caller, caller } from '../support/server/caller'
import { deployNew } from '../support/server/deploy-new'
import { ended } from '../support/server/ended'
import { type Outside, startOutside } from '../support/server/start-outside'
import { type RunningServer, startServer } from '../support/server/start-server'

let server: RunningServer
let call: Caller
let relay: Outside
/** Where the relay leads to, once that is known. */
let hook = ''

beforeAll(async () => {
  // A name of the outside world behind which this service is found again, as a tunnel or a proxy would have it.
  relay = await startOutside({
    '/relay': ({ headers, body }, response) => {
      const hops = headers['millrace-hops']
      const sent = { 'content-type': 'application/json', ...(typeof hops === 'string' && { 'millrace-hops': hops }) }
      void fetch(hook, { method: 'POST', headers: sent, body: new Uint8Array(body) }).then(async (answer) =>
        response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text()),
      )
    },
  })
  server = await startServer({ MILLRACE_DEV_ALLOW_HOSTS: relay.host })
  call = caller(server.url, server.apiKey)
})
afterAll(async () => {
  await server.discard()
  await relay.close()
})

describe('a workflow that calls its own webhook', () => {
  test('is stopped after 8 executions with a code that says why, and calls nobody any more', async () => {
    const stages = [
      {
        id: 'again',
        component: 'http_request',
        config: {
          url: `${relay.url}/relay`,
          method: 'POST',
          body: {},
          headers: { 'Millrace-Hops': '0' },
          retry: { max_attempts: 1 },
        },
      },
    ]
    const { workflowId, hook: path } = await deployNew(call, { triggers: [{ type: 'webhook' }], stages })
    hook = new URL(path, server.url).href
    const first = await call('POST', path, {})
    await ended(call, first.body.executionId)
    const all = async () => {
      const { body } = await call('GET', `/v1/executions?workflowId=${workflowId}`)
      return body.items as { executionId: string; status: string }[]
    }
    const outcomes = async () => (await all()).map(({ status }) => status).toSorted()
    await expect.poll(outcomes).toEqual([...Array.from({ length: 7 }, () => 'completed'), 'failed'])
    const executions = await all()
    expect(relay.to('/relay').map(({ headers }) => headers['millrace-hops'])).toEqual(
      Array.from({ length: 8 }, (_, n) => String(n + 1)),
    )
    const failed = executions.find(({ status }) => status === 'failed')
    const { body } = await call('GET', `/v1/executions/${failed?.executionId}/trace`)
    const [attempt] = body.stages[0].attempts
    expect(attempt.output ?? body.stages[0].output).toMatchObject({
      status_code: 508,
      body: { code: 'loop_detected', hint: expect.stringContaining('webhook') },
    })
  })
})

describe('calls of the API', () => {
  test('say what their key has left', async () => {
    const { headers } = await call('GET', '/v1/me')
    expect(headers.get('ratelimit-policy')).toBe('"credential";q=120000;w=60')
    expect(headers.get('ratelimit')).toMatch(/^"credential";r=\d+;t=\d+$/)
  })
})
