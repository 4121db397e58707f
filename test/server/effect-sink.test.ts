import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Caller, caller } from '../support/server/caller'
import { deployNew } from '../support/server/deploy-new'
import { ended } from '../support/server/ended'
import { judgeEffects } from '../support/server/judge-effects'
import { type RunningServer, startServer } from '../support/server/start-server'
import { type Arrival, type Sink, startSink } from '../support/server/start-sink'

let sink: Sink
let server: RunningServer
let call: Caller

beforeAll(async () => {
  sink = await startSink()
  server = await startServer({ MILLRACE_DEV_ALLOW_HOSTS: sink.host })
  call = caller(server.url, server.apiKey)
})
afterAll(async () => {
  await server.discard()
  await sink.end()
})

/** Runs one POST to a path of the sink, and tells how it ended and what arrived. */
async function send(path: string) {
  const timeout = /^(?:hang|slow-drip)/.test(path) ? 1_000 : 30_000
  const config = { url: `${sink.url}/${path}`, method: 'POST', body: { order: 7 }, timeout }
  const document = { triggers: [{ type: 'manual' }], stages: [{ id: 'send', component: 'http_request', config }] }
  const { workflowId } = await deployNew(call, document)
  const started = await call('POST', '/v1/workflows/run', { workflowId, input: {} })
  const execution = await ended(call, started.body.executionId)
  const arrivals = await sink.arrivals()
  return { execution, arrivals: arrivals.filter((it) => it.execution === execution.executionId) }
}

describe('what a sender learns from an outside system that misbehaves', () => {
  test.concurrent.each([
    ['ok', 'completed', null, 1],
    ['500', 'failed', 'http_status', 3],
    ['429', 'failed', 'http_status', 3],
    ['hang', 'failed', 'http_timeout', 3],
    ['apply-then-drop', 'failed', 'http_connection_failed', 3],
    ['reset', 'failed', 'http_connection_failed', 3],
    ['slow-drip', 'failed', 'http_timeout', 3],
    ['huge', 'failed', 'response_too_large', 1],
    ['wrong-length', 'failed', 'http_connection_failed', 3],
    ['500?times=1', 'completed', null, 2],
    ['apply-then-drop?times=2', 'completed', null, 3],
  ])('%s: %s %s after %i attempts, all with one key and one body (I5)', async (path, status, code, attempts) => {
    const { execution, arrivals } = await send(path)
    expect([execution.status, execution.error?.code ?? null]).toEqual([status, code])
    expect(arrivals.map(({ attempt }) => attempt)).toEqual(Array.from({ length: attempts }, (_, n) => n + 1))
    expect(new Set(arrivals.map(({ key, bodyHash }) => `${key} ${bodyHash}`)).size).toBe(1)
  })
})

describe('the judge', () => {
  const arrival = (n: number, changes: Partial<Arrival> = {}): Arrival => ({
    n,
    arrivedAt: n * 100,
    method: 'POST',
    path: '/a',
    key: 'exec_1:a',
    execution: 'exec_1',
    stage: 'a',
    attempt: n,
    bodyBytes: 1,
    bodyHash: 'x',
    mode: 'ok',
    applied: true,
    ...changes,
  })
  const completedAt = (at: number) => ({
    executionId: 'exec_1',
    status: 'completed',
    stages: [{ node: 'a', status: 'completed', endedAt: new Date(at).toISOString() }],
  })

  test('finds nothing in a request that was repeated before its completion', () => {
    expect(judgeEffects([arrival(1), arrival(2)], [completedAt(250)], [], ['a'])).toEqual([])
  })

  test('finds a second effect, a changed body, an effect too many and one that never came', () => {
    expect(judgeEffects([arrival(1), arrival(2)], [completedAt(150)], [], ['a'])).toHaveLength(1)
    const seen = [{ key: 'exec_1:a', at: 120 }]
    expect(judgeEffects([arrival(1), arrival(2)], [completedAt(250)], seen, ['a'])).toHaveLength(1)
    expect(judgeEffects([arrival(1), arrival(2, { bodyHash: 'y' })], [completedAt(250)], [], ['a'])).toHaveLength(1)
    expect(judgeEffects([arrival(1)], [], [], ['a'])).toHaveLength(1)
    expect(judgeEffects([], [completedAt(250)], [], ['a'])).toHaveLength(1)
  })
})
