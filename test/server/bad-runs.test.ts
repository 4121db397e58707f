import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Caller, caller } from '../support/server/caller'
import { deployNew } from '../support/server/deploy-new'
import { ended } from '../support/server/ended'
import { expectRefusal } from '../support/server/expect-refusal'
import { newOrganization } from '../support/server/new-organization'
import { type Ai, startAi } from '../support/server/start-ai'
import { type RunningServer, startServer } from '../support/server/start-server'

const AT_ONCE_MS = 10_000

let ai: Ai
let server: RunningServer
let call: Caller
/** Two that have nothing to do with it: a workflow beside the bad ones, and one of another organization. */
const neighbours: { readonly as: Caller; readonly workflowId: string }[] = []

const manual = [{ type: 'manual' }]
const alone = (component: string, config: object) => ({
  triggers: manual,
  stages: [{ id: 'bad', component, config }],
})
const waiting = {
  triggers: manual,
  stages: [
    { id: 'ask', component: 'logger', config: { message: '{{ execution.signals.go }}' } },
    { id: 'wait', component: 'wait_for_signal', depends_on: ['ask'], config: { signal: 'go' } },
  ],
}
const healthy = {
  triggers: manual,
  stages: [{ id: 'echo', component: 'transform', config: { value: '{{ input.n }}' } }],
}

beforeAll(async () => {
  ai = await startAi()
  server = await startServer(ai.env)
  call = caller(server.url, server.apiKey)
  const { call: stranger } = await newOrganization(server.url)
  for (const as of [call, stranger]) neighbours.push({ as, ...(await deployNew(as, healthy)) })
})
afterAll(async () => {
  await server.discard()
  await ai.end()
})

async function start(document: object, input: object = {}) {
  const { workflowId } = await deployNew(call, document)
  const { status, body, text } = await call('POST', '/v1/workflows/run', { workflowId, input })
  expect([status, text]).toEqual([202, text])
  return body.executionId as string
}

const failureOf = async (document: object, input: object = {}) => {
  const execution = await ended(call, await start(document, input))
  expect(execution).toMatchObject({ status: 'failed', output: null })
  return execution.error
}

async function startedAndWaiting() {
  const id = await start(waiting)
  const read = async () => (await call('GET', `/v1/executions/${id}`)).body.status
  await expect.poll(read).toBe('waiting')
  const trace = await call('GET', `/v1/executions/${id}/trace`)
  const link = new URL(/"([^"]*\/signal\/[^"]+)"/.exec(trace.text)?.[1] ?? '', server.url)
  return { id, link: link.pathname }
}

describe('a document is refused at deploy', () => {
  const refused = async (document: object) => {
    const name = `w-${randomUUID()}`
    const created = await call('POST', '/v1/workflows', { definition: { ...document, name } })
    return call('POST', '/v1/workflows/deploy', { workflowId: created.body.id, environment: 'development' })
  }

  test('whose branches share a stage', async () => {
    const leaf = (id: string) => ({ id, component: 'transform', config: { value: id } })
    const branches = [
      ['left', 'shared'],
      ['shared', 'right'],
    ]
    const both = { id: 'both', component: 'parallel', config: { branches } }
    const answer = await refused({ triggers: manual, stages: [both, leaf('left'), leaf('shared'), leaf('right')] })
    expectRefusal(answer, { status: 422, code: 'deploy_refused', hint: /one list of one container/ })
    const path = '/definition/stages/0/config/branches/1/0'
    expect(answer.body.issues).toMatchObject([{ code: 'stage_in_two_scopes', path }])
  })

  test('whose code does not parse, with line and column', async () => {
    const answer = await refused(alone('code', { source: 'const total = 1\nreturn total +* 2' }))
    const path = '/definition/stages/0/config/source'
    expectRefusal(answer, { status: 422, code: 'deploy_refused', path, hint: /JavaScript/ })
    expect(answer.body.issues).toMatchObject([
      { code: 'code_syntax', message: 'Unexpected token (line 2, column 15)', hint: expect.any(String) },
    ])
  })

  test('whose foreach is given no list', async () => {
    const each = { id: 'each', component: 'foreach', config: { items: 'a, b', do: ['one'] } }
    const one = { id: 'one', component: 'transform', config: { value: '{{ item }}' } }
    const answer = await refused({ triggers: manual, stages: [each, one] })
    const path = '/definition/stages/0/config/items'
    expectRefusal(answer, { status: 422, code: 'deploy_refused', path, hint: /Name a list/ })
  })
})

describe('an execution fails, with the stage, a code and a hint', () => {
  const forEach = {
    triggers: manual,
    stages: [
      { id: 'bad', component: 'foreach', config: { items: '{{ input.items }}', do: ['one'] } },
      { id: 'one', component: 'transform', config: { value: '{{ item }}' } },
    ],
  }

  test.each([
    ['a text', 'a,b', 'items_not_a_list', /split a text/],
    ['an object', { a: 1 }, 'items_not_a_list', /make one/],
    ['nothing', null, 'items_not_a_list', /make one/],
    ['10,001 items', Array.from({ length: 10_001 }, (_, n) => n), 'too_many_items', /slice/],
  ])('whose foreach is given %s', async (_name, items, code, hint) => {
    expect(await failureOf(forEach, { items })).toMatchObject({ code, stage: 'bad', hint: expect.stringMatching(hint) })
  })

  test.each([
    ['NaN', 'return { total: [1, 0 / 0] }', '/total/1', /NaN/],
    ['a BigInt', 'return { id: 7n }', '/id', /bigint/],
    ['a cycle', 'const order = {}\norder.self = { order }\nreturn order', '/self/order', /contains itself/],
  ])('whose code returns %s, naming its place', async (_name, source, path, problem) => {
    expect(await failureOf(alone('code', { source }))).toMatchObject({
      code: 'output_not_json',
      stage: 'bad',
      message: expect.stringMatching(problem),
      hint: expect.stringMatching(/finite numbers/),
      details: { path },
    })
  })

  test('whose output is over 10 MiB', async () => {
    expect(await failureOf(alone('code', { source: `return 'x'.repeat(10 * 1024 * 1024)` }))).toMatchObject({
      code: 'output_too_large',
      stage: 'bad',
      message: expect.stringMatching(/10485762 .* at most 10485760/),
      hint: expect.stringMatching(/Return less/),
    })
  })

  test('whose model’s answer does not match its schema', async () => {
    const schema = { type: 'object', properties: { cause: { type: 'string' } }, required: ['cause'] }
    const config = { model: 'mismatch', prompt: 'Why?', schema, retry: { max_attempts: 1 } }
    expect(await failureOf(alone('generator', config))).toMatchObject({
      code: 'answer_mismatch',
      stage: 'bad',
      hint: expect.stringMatching(/fields in the prompt/),
      details: [{ path: '/cause' }],
    })
  })

  test('whose workflows call each other more than 8 deep; the ninth says so', async () => {
    const name = `endless-${randomUUID()}`
    const definition = { ...alone('workflow', { workflow: name, input: {} }), name }
    const workflowId = (await call('POST', '/v1/workflows', { definition })).body.id as string
    await call('POST', '/v1/workflows/deploy', { workflowId, environment: 'development' })
    const { body } = await call('POST', '/v1/workflows/run', { workflowId, input: {} })
    const outermost = await ended(call, body.executionId)
    expect(outermost.error).toMatchObject({ code: 'child_failed', stage: 'bad' })
    type Item = { executionId: string; error: { code: string } | null }
    const list = async () =>
      (await call('GET', `/v1/executions?workflowId=${workflowId}&status=failed`)).body.items as Item[]
    await expect.poll(async () => (await list()).length).toBe(9)
    const deepest = (await list()).filter(({ error }) => error?.code === 'workflow_too_deep')
    expect(deepest).toHaveLength(1)
    expect((await ended(call, deepest[0]?.executionId ?? '')).error).toMatchObject({
      message: expect.stringContaining('8 levels'),
      hint: expect.stringMatching(/call itself/),
    })
  })
})

describe('an execution refuses', () => {
  test('to be retried while it has not ended', async () => {
    const { id } = await startedAndWaiting()
    const retried = await call('POST', `/v1/executions/${id}/retry`)
    expectRefusal(retried, { status: 409, code: 'execution_not_finished', hint: /Cancel it first/ })
    expect((await call('GET', `/v1/executions/${id}`)).body.status).toBe('waiting')
    await call('POST', `/v1/executions/${id}/cancel`)
  })

  test('to be cancelled, or to take a signal, once it has ended (I11)', async () => {
    const id = await start(healthy, { n: 1 })
    await ended(call, id)
    const finished = { status: 409, code: 'execution_finished', hint: /retry or replay/ }
    expectRefusal(await call('POST', `/v1/executions/${id}/cancel`, { reason: 'Too late' }), finished)
    expectRefusal(await call('POST', `/v1/executions/${id}/signals/go`, { payload: 1 }), finished)
    expect((await call('GET', `/v1/executions/${id}`)).body).toMatchObject({ status: 'completed', output: 1 })
  })

  test('a signal whose link was used already', async () => {
    const { id, link } = await startedAndWaiting()
    const send = caller(server.url)
    expect((await send('POST', link, { choice: 'first' })).status).toBe(200)
    const used = { status: 410, code: 'signal_link_used', hint: /used already/ }
    expectRefusal(await send('POST', link, { choice: 'second' }), used)
    expect(await ended(call, id)).toMatchObject({ status: 'completed', output: { choice: 'first' } })
    expectRefusal(await send('POST', link, { choice: 'third' }), used)
  })
})

test('after all of it, workflows beside the bad ones run at once (I10)', async () => {
  for (const { as, workflowId } of neighbours) {
    const { status, body } = await as('POST', '/v1/workflows/run', { workflowId, input: { n: 7 }, wait: AT_ONCE_MS })
    expect([status, body]).toMatchObject([200, { status: 'completed', data: 7 }])
  }
})
