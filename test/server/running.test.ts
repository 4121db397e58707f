import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Caller, caller } from '../support/server/caller'
import { deployNew } from '../support/server/deploy-new'
import { ended } from '../support/server/ended'
import { EXECUTION_ID, INSTANT } from '../support/server/patterns'
import { type Recorder, startRecorder } from '../support/server/start-recorder'
import { type RunningServer, startServer } from '../support/server/start-server'

let server: RunningServer
let call: Caller
let outside: Recorder
/** Paths the outside system refuses with 400. */
const broken = new Set<string>()

beforeAll(async () => {
  outside = await startRecorder(({ path, body }) =>
    broken.has(path) ? { status: 400 } : { body: { path, got: body === '' ? null : JSON.parse(body) } },
  )
  server = await startServer({ MILLRACE_DEV_ALLOW_HOSTS: outside.host })
  call = caller(server.url, server.apiKey)
})
afterAll(async () => {
  await server.discard()
  await outside.close()
})

const post = (id: string, path: string, after: string[] = []) => ({
  id,
  component: 'http_request',
  depends_on: after,
  config: { url: outside.url + path, method: 'POST', body: { from: '{{ input.name }}' } },
})
const greet = {
  triggers: [{ type: 'manual' }],
  stages: [{ id: 'greet', component: 'transform', config: { value: { hello: '{{ input.name }}' } } }],
}
const waits = {
  triggers: [{ type: 'manual' }],
  stages: [{ id: 'wait', component: 'delay', config: { seconds: 3_600 } }],
}
const run = (workflowId: string, more: object = {}) =>
  call('POST', '/v1/workflows/run', { workflowId, input: { name: 'Ada' }, ...more })

describe('POST /v1/workflows/run', () => {
  test('without wait it answers 202 with the id at once', async () => {
    const { workflowId } = await deployNew(call, greet)
    const { status, body, headers } = await run(workflowId)
    expect(status).toBe(202)
    expect(body).toEqual({
      executionId: EXECUTION_ID,
      status: 'pending',
      workflowId,
      environment: 'development',
      version: 'v1',
    })
    expect(headers.get('location')).toBe(`/v1/executions/${body.executionId}`)
    expect(await ended(call, body.executionId)).toMatchObject({ status: 'completed', output: { hello: 'Ada' } })
  })

  test('with wait it answers the outcome, and 202 when patience ends first', async () => {
    const { workflowId } = await deployNew(call, greet)
    const completed = await run(workflowId, { wait: true })
    expect(completed.status).toBe(200)
    const place = { workflowId, environment: 'development', version: 'v1' }
    expect(completed.body).toEqual({
      ...place,
      executionId: EXECUTION_ID,
      status: 'completed',
      data: { hello: 'Ada' },
    })
    const slow = await deployNew(call, waits)
    const unfinished = await run(slow.workflowId, { wait: 100 })
    expect(unfinished.status).toBe(202)
    expect(unfinished.body.status).toMatch(/^(running|waiting)$/)
  })

  test('a failure says which stage failed and why', async () => {
    broken.add('/broken')
    const { workflowId } = await deployNew(call, { triggers: [{ type: 'manual' }], stages: [post('send', '/broken')] })
    const failed = await run(workflowId, { wait: true })
    expect(failed.status).toBe(200)
    expect(failed.body).toMatchObject({
      status: 'failed',
      error: { code: 'http_status', message: expect.stringContaining('400'), stage: 'send' },
    })
    expect(failed.body).not.toHaveProperty('data')
  })

  test('a draft that was never deployed, and a choice of environments, are refused with the remedy', async () => {
    const name = `w-${randomUUID()}`
    const created = await call('POST', '/v1/workflows', { definition: { ...greet, name } })
    const never = await run(created.body.id)
    expect(never.status).toBe(409)
    expect(never.body).toMatchObject({ code: 'not_deployed', hint: expect.any(String) })
    const { workflowId } = await deployNew(call, greet, 'development')
    await call('POST', '/v1/workflows/deploy', { workflowId, environment: 'staging' })
    expect(await run(workflowId)).toMatchObject({ status: 409, body: { code: 'environment_required' } })
    expect((await run(workflowId, { environment: 'staging', wait: true })).body).toMatchObject({
      status: 'completed',
      environment: 'staging',
    })
  })
})

describe('GET /v1/executions', () => {
  test('each filter keeps what it names and nothing else (S58)', async () => {
    const before = new Date().toISOString()
    const one = await deployNew(call, {
      ...greet,
      triggers: [{ type: 'manual' }, { type: 'webhook', method: ['POST'] }],
    })
    const inStaging = { workflowId: one.workflowId, environment: 'staging' }
    await call('POST', '/v1/workflows/deploy', inStaging)
    broken.add('/filtered')
    const failing = await deployNew(call, { triggers: [{ type: 'manual' }], stages: [post('send', '/filtered')] })
    const ids = {
      manual: (await run(one.workflowId, { environment: 'development', wait: true })).body.executionId,
      staging: (await run(one.workflowId, { environment: 'staging', wait: true })).body.executionId,
      webhook: (await caller(server.url)('POST', one.hook, { name: 'Ada' })).body.executionId,
      failed: (await run(failing.workflowId, { wait: true })).body.executionId,
    }
    const all = Object.values(ids)
    const found = async (query: string) => {
      const { body } = await call('GET', `/v1/executions?limit=200&${query}`)
      return (body.items as { executionId: string }[]).map((it) => it.executionId).filter((id) => all.includes(id))
    }
    const ends = async () => [(await found('status=completed')).length, (await found('status=failed')).length]
    await expect.poll(ends).toEqual([3, 1])
    const cases: [string, string[]][] = [
      [`workflowId=${failing.workflowId}`, [ids.failed]],
      ['environment=staging', [ids.staging]],
      ['status=failed', [ids.failed]],
      ['status=success', [ids.manual, ids.staging, ids.webhook]],
      ['status=completed', [ids.manual, ids.staging, ids.webhook]],
      ['trigger=webhook', [ids.webhook]],
      ['dateRange=last_hour', all],
      ['dateRange=last_24_hours', all],
      ['dateRange=last_7_days', all],
      ['dateRange=last_30_days', all],
      [`from=${before}`, all],
      [`to=${before}`, []],
      [`from=${before}&environment=development&status=failed&trigger=manual`, [ids.failed]],
      ['version=v1', all],
      ['version=v2', []],
      ['test=false', all],
      ['test=true', []],
    ]
    for (const [query, expected] of cases)
      expect([query, (await found(query)).toSorted()]).toEqual([query, expected.toSorted()])
  })

  test('a page is as long as asked for, and its cursor leads to the rest, newest first', async () => {
    const { workflowId } = await deployNew(call, greet)
    const ids: string[] = []
    for (let n = 0; n < 5; n += 1) ids.push((await run(workflowId, { wait: true })).body.executionId)
    const page = async (query: string) => (await call('GET', `/v1/executions?workflowId=${workflowId}&${query}`)).body
    await expect.poll(async () => (await page('')).items.length).toBe(5)
    const idsOf = (body: { items: { executionId: string }[] }) => body.items.map((it) => it.executionId)
    const first = await page('limit=3')
    const second = await page(`limit=3&cursor=${encodeURIComponent(first.nextCursor)}`)
    expect([...idsOf(first), ...idsOf(second)]).toEqual(ids.toReversed())
    expect(second.nextCursor).toBeNull()
  })
})

describe('one execution', () => {
  test('a cancelled one ends as cancelled and starts nothing more (I14)', async () => {
    const path = `/${randomUUID()}`
    const { workflowId } = await deployNew(call, {
      triggers: [{ type: 'manual' }],
      stages: [...waits.stages, post('never', path, ['wait'])],
    })
    const { executionId } = (await run(workflowId)).body
    const read = async () => (await call('GET', `/v1/executions/${executionId}`)).body.status
    await expect.poll(read).toBe('waiting')
    const cancelled = await call('POST', `/v1/executions/${executionId}/cancel`, { reason: 'Ordered twice' })
    expect(cancelled.status).toBe(200)
    expect(cancelled.body).toEqual({ executionId, status: 'cancelled' })
    expect(await ended(call, executionId)).toMatchObject({ status: 'cancelled', endedAt: INSTANT })
    const { body: trace } = await call('GET', `/v1/executions/${executionId}/trace`)
    expect(trace).toMatchObject({ status: 'cancelled', complete: true })
    expect(outside.calls.filter((it) => it.path === path)).toEqual([])
    expect(await call('POST', `/v1/executions/${executionId}/cancel`)).toMatchObject({
      status: 409,
      body: { code: 'execution_finished' },
    })
  })

  test('a retry keeps what completed, sends only what failed, and names what it repeats', async () => {
    const [first, second] = [`/${randomUUID()}`, `/${randomUUID()}`]
    broken.add(second)
    const { workflowId } = await deployNew(call, {
      triggers: [{ type: 'manual' }],
      stages: [post('first', first), post('second', second, ['first'])],
      output: '{{ stages.second.output.body.got.from }}',
    })
    const failed = await run(workflowId, { wait: true })
    expect(failed.body).toMatchObject({ status: 'failed', error: { stage: 'second' } })
    broken.delete(second)
    const retried = await call('POST', `/v1/executions/${failed.body.executionId}/retry`)
    expect(retried.status).toBe(202)
    expect(retried.body).toEqual({
      executionId: EXECUTION_ID,
      replayOf: failed.body.executionId,
      status: 'pending',
    })
    const execution = await ended(call, retried.body.executionId)
    expect(execution).toMatchObject({ status: 'completed', output: 'Ada', replayOf: failed.body.executionId })
    expect(outside.calls.map((it) => it.path).filter((path) => [first, second].includes(path))).toEqual([
      first,
      second,
      second,
    ])
  })

  test('a replay runs the same input from the start, or another one on another version', async () => {
    const { workflowId } = await deployNew(call, greet)
    const { executionId } = (await run(workflowId, { wait: true })).body
    const name = (await call('GET', `/v1/workflows/${workflowId}`)).body.name as string
    const stages = [{ id: 'greet', component: 'transform', config: { value: { bye: '{{ input.name }}' } } }]
    await call('PUT', `/v1/workflows/${workflowId}`, { definition: { ...greet, stages, name }, revision: 1 })
    await call('POST', '/v1/workflows/deploy', { workflowId, environment: 'development' })
    const replay = async (body: object) => {
      const answer = await call('POST', `/v1/executions/${executionId}/replay`, body)
      expect(answer.status).toBe(202)
      expect(answer.body).toEqual({ executionId: EXECUTION_ID, replayOf: executionId, status: 'pending' })
      return ended(call, answer.body.executionId)
    }
    expect(await replay({})).toMatchObject({ output: { bye: 'Ada' }, version: 'v2', replayOf: executionId })
    expect(await replay({ version: 'v1' })).toMatchObject({ output: { hello: 'Ada' }, version: 'v1' })
    expect(await replay({ version: 'v1', input: { name: 'Grace' } })).toMatchObject({ output: { hello: 'Grace' } })
  })

  test('a retry stays on the version it failed on, also when another one is live since (I7)', async () => {
    const path = `/${randomUUID()}`
    broken.add(path)
    const document = { triggers: [{ type: 'manual' }], stages: [post('send', path)] }
    const { workflowId } = await deployNew(call, document)
    const failed = await run(workflowId, { wait: true })
    const name = (await call('GET', `/v1/workflows/${workflowId}`)).body.name as string
    await call('PUT', `/v1/workflows/${workflowId}`, { definition: { ...greet, name }, revision: 1 })
    await call('POST', '/v1/workflows/deploy', { workflowId, environment: 'development' })
    broken.delete(path)
    const retried = await call('POST', `/v1/executions/${failed.body.executionId}/retry`)
    expect(retried.status).toBe(202)
    expect(await ended(call, retried.body.executionId)).toMatchObject({
      status: 'completed',
      version: 'v1',
      output: { status_code: 200 },
    })
    expect((await run(workflowId, { version: 'v1', wait: true })).body).toMatchObject({ version: 'v1' })
    expect((await run(workflowId, { version: 'v9' })).body).toMatchObject({ status: 404, code: 'version_unknown' })
  })

  test('a request’s trace tells what was sent and what came back (S54, S55)', async () => {
    const path = `/${randomUUID()}`
    const { workflowId } = await deployNew(call, { triggers: [{ type: 'manual' }], stages: [post('send', path)] })
    const { executionId } = (await run(workflowId, { wait: true })).body
    const { body: trace } = await call('GET', `/v1/executions/${executionId}/trace`)
    expect(trace.stages).toMatchObject([
      {
        node: 'send',
        component: 'http_request',
        status: 'completed',
        input: { url: outside.url + path, method: 'POST', body: { from: 'Ada' } },
        output: {
          status_code: 200,
          headers: { 'content-type': 'application/json' },
          body: { path, got: { from: 'Ada' } },
          duration_ms: expect.any(Number),
        },
        metadata: { requestTime: expect.any(Number), retries: 0, cached: false },
      },
    ])
    const [sent] = outside.calls.filter((it) => it.path === path)
    expect(sent?.headers['idempotency-key']).toBe(`${executionId}:send`)
  })
})
