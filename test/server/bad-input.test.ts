import { randomUUID } from 'node:crypto'
import { parseExecutionId } from '#core/model/execution-id'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { allItems } from '../support/server/all-items'
import { type Answer, type Caller, caller } from '../support/server/caller'
import { deployNew } from '../support/server/deploy-new'
import { type Refusal, expectRefusal } from '../support/server/expect-refusal'
import { newOrganization } from '../support/server/new-organization'
import { type RunningServer, startServer } from '../support/server/start-server'

const KIB = 1024
const WEBHOOK_KEY = 'the-key-of-the-order-shop'
const RIGHT = { 'x-api-key': WEBHOOK_KEY }

let server: RunningServer
let call: Caller
let send: Caller
let workflowId: string
let deploymentId: string
let hook: string

const document = {
  triggers: [
    {
      type: 'webhook',
      method: ['POST'],
      authentication: { type: 'api_key', header: 'X-API-Key', key: '{{ vars.bad_input_key }}' },
    },
    {
      type: 'manual',
      inputSchema: {
        orderId: { type: 'string', required: true },
        amount: { type: 'number', min: 0 },
        currency: { type: 'string', enum: ['USD', 'EUR'] },
      },
    },
  ],
  stages: [{ id: 'echo', component: 'transform', config: { value: '{{ input }}' } }],
}

beforeAll(async () => {
  server = await startServer()
  call = caller(server.url, server.apiKey)
  send = caller(server.url)
  const variables = { bad_input_key: { value: WEBHOOK_KEY, secret: true } }
  await call('PUT', '/v1/environments/development/variables', { variables })
  ;({ workflowId, deploymentId, hook } = await deployNew(call, document))
})
afterAll(() => server.discard())

/** Everything the organization has, besides executions and the health that follows from them. */
async function everything() {
  const lists = ['/v1/workflows', `/v1/workflows/${workflowId}/versions`, '/v1/deployments']
  const found = await Promise.all(lists.map((path) => allItems(call, path)))
  return found.map((items) => items.map(({ health: _health, ...item }) => item as object))
}

/** The calls are refused as said, and afterwards everything is as it was: the next execution has the next number. */
async function expectNothingWritten(refused: () => Promise<void>) {
  const before = await everything()
  const first = await next()
  await refused()
  expect((await next()) - first).toBe(1)
  expect(await everything()).toEqual(before)
}

/** Starts one execution and answers its number: executions of a deployment are numbered without gaps. */
async function next(): Promise<number> {
  const { body } = await call('POST', '/v1/workflows/run', { workflowId, input: { orderId: 'next' }, wait: true })
  return parseExecutionId(body.executionId)?.seq ?? Number.NaN
}

describe('a webhook refuses', () => {
  const wrong = (name: string, attempt: () => Promise<Answer>, expected: Refusal) =>
    test(`${name}`, () => expectNothingWritten(async () => expectRefusal(await attempt(), expected)))

  wrong('an unknown token', () => send('POST', '/webhook/abc123xyz', {}, RIGHT), {
    status: 404,
    code: 'webhook_unknown',
  })
  wrong('a token with one character changed', () => send('POST', altered(hook), {}, RIGHT), {
    status: 404,
    code: 'webhook_unknown',
  })
  wrong('wrong credentials', () => send('POST', hook, {}, { 'x-api-key': `${WEBHOOK_KEY}.` }), {
    status: 401,
    code: 'webhook_unauthorized',
  })
  wrong('missing credentials', () => send('POST', hook, {}), { status: 401, code: 'webhook_unauthorized' })
  wrong('the wrong method, naming the right ones', () => send('PUT', hook, {}, RIGHT), {
    status: 405,
    code: 'method_not_allowed',
    hint: /Allow/,
  })
  wrong('an unsupported media type', () => send('POST', hook, '<a/>', { ...RIGHT, 'content-type': 'text/xml' }), {
    status: 415,
    code: 'unsupported_media_type',
    hint: /application\/json/,
  })
  wrong('a body over 1 MiB', () => send('POST', hook, JSON.stringify('x'.repeat(KIB * KIB)), RIGHT), {
    status: 413,
    code: 'body_too_large',
    hint: /Send less/,
  })
  wrong('headers over 32 KB', () => send('POST', hook, {}, { ...RIGHT, 'x-padding': 'x'.repeat(33 * KIB) }), {
    status: 431,
    code: 'headers_too_large',
  })
  wrong('malformed JSON', () => send('POST', hook, '{"orderId": ', RIGHT), {
    status: 400,
    code: 'malformed_json',
    hint: /line/,
  })
  wrong('a key written twice, with its place', () => send('POST', hook, '{"a":{"b":1,"b":2}}', RIGHT), {
    status: 400,
    code: 'duplicate_key',
    path: '/a/b',
  })
  wrong('more than 64 levels', () => send('POST', hook, nested(65), RIGHT), { status: 400, code: 'too_deep' })

  test('nothing that is just within its limits', async () => {
    const body = JSON.stringify('x'.repeat(KIB * KIB - 2))
    expect((await send('POST', hook, body, RIGHT)).status).toBe(200)
    expect((await send('POST', hook, nested(64), RIGHT)).status).toBe(200)
    expect((await send('POST', hook, {}, { ...RIGHT, 'x-padding': 'x'.repeat(31 * KIB) })).status).toBe(200)
  })

  test('the same Idempotency-Key with another body', async () => {
    const headers = { ...RIGHT, 'idempotency-key': randomUUID() }
    const { executionId } = (await send('POST', hook, { orderId: '1' }, headers)).body
    await expectNothingWritten(async () => {
      expectRefusal(await send('POST', hook, { orderId: '2' }, headers), {
        status: 422,
        code: 'idempotency_key_reused',
        hint: /fresh key/,
      })
      expect((await send('POST', hook, { orderId: '1' }, headers)).body.executionId).toBe(executionId)
    })
  })

  test('every call while it is paused, saying when to come back', async () => {
    await call('POST', `/v1/deployments/${deploymentId}/pause`)
    const answer = await send('POST', hook, {}, RIGHT)
    expectRefusal(answer, { status: 503, code: 'paused' })
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    const run = await call('POST', '/v1/workflows/run', { workflowId, input: { orderId: '1' } })
    expectRefusal(run, { status: 503, code: 'paused', hint: /[Rr]esume/ })
    expect(run.headers.get('retry-after')).not.toBeNull()
    await call('POST', `/v1/deployments/${deploymentId}/resume`)
    await expectNothingWritten(() => Promise.resolve())
  })
})

describe('the API refuses', () => {
  const wrong = (name: string, attempt: () => Promise<Answer>, expected: Refusal) =>
    test(`${name}`, () => expectNothingWritten(async () => expectRefusal(await attempt(), expected)))
  const run = (input: unknown, more: object = {}) => call('POST', '/v1/workflows/run', { workflowId, input, ...more })

  wrong('calls without credentials', () => send('GET', '/v1/workflows'), {
    status: 401,
    code: 'unauthorized',
    hint: /Bearer/,
  })
  wrong('a mistyped key', () => caller(server.url, `${server.apiKey}x`)('GET', '/v1/workflows'), {
    status: 401,
    code: 'credentials_invalid',
    hint: /mistyped/,
  })
  wrong('a method nobody answers', () => call('PATCH', '/v1/workflows'), {
    status: 405,
    code: 'method_not_allowed',
    hint: /Allow/,
  })
  wrong('a media type it does not read', () => call('POST', '/v1/workflows', 'a=b', { 'content-type': 'text/plain' }), {
    status: 415,
    code: 'unsupported_media_type',
    hint: /application\/json/,
  })
  wrong('a body over 1 MiB', () => call('POST', '/v1/workflows', { name: 'x'.repeat(KIB * KIB) }), {
    status: 413,
    code: 'body_too_large',
    hint: /Send less/,
  })
  wrong('headers over 32 KB', () => call('GET', '/v1/workflows', undefined, { 'x-padding': 'x'.repeat(33 * KIB) }), {
    status: 431,
    code: 'headers_too_large',
  })
  wrong('malformed JSON', () => call('POST', '/v1/workflows', '{"name":'), {
    status: 400,
    code: 'malformed_json',
    hint: /line/,
  })
  wrong('a key written twice', () => call('POST', '/v1/workflows', '{"definition":{"name":"x","name":"y"}}'), {
    status: 400,
    code: 'duplicate_key',
    path: '/definition/name',
  })
  wrong('more than 64 levels', () => call('POST', '/v1/workflows', nested(70)), { status: 400, code: 'too_deep' })
  wrong('unknown keys, with the nearest known one', () => run({ orderId: '1' }, { enviroment: 'development' }), {
    status: 422,
    code: 'request_invalid',
    path: '/enviroment',
    hint: /'environment'/,
  })
  wrong('a body without what it needs', () => call('POST', '/v1/workflows/run', { input: {} }), {
    status: 422,
    code: 'request_invalid',
    path: '/workflowId',
  })
  wrong('an unknown version by number', () => run({ orderId: '1' }, { version: 'v7' }), {
    status: 404,
    code: 'version_unknown',
  })
  wrong('an unknown id', () => call('GET', '/v1/workflows/workflow_nope'), { status: 404, code: 'not_found' })

  test('an input that does not fit its inputSchema, one issue for each field (S13)', () =>
    expectNothingWritten(async () => {
      const answer = await run({ amount: -1, currency: 'DOGE' })
      expectRefusal(answer, { status: 422, code: 'input_invalid', path: '/input/orderId' })
      const paths = answer.body.issues.map((issue: { path: string }) => issue.path)
      expect(paths.toSorted()).toEqual(['/input/amount', '/input/currency', '/input/orderId'])
    }))

  test('an invalid document when it is to be published or deployed, with all its issues (S4)', async () => {
    const stages = [
      { id: 'a', component: 'conditional', config: { condition: '{{ 1 + }}', if_true: ['nobody'] } },
      { id: 'b', component: 'transform', depends_on: ['a', 'nowhere'], config: { value: 1, vlaue: 2 } },
    ]
    const definition = { name: `w-${randomUUID()}`, triggers: [{ type: 'manual' }], stages }
    const created = await call('POST', '/v1/workflows', { definition })
    const id = created.body.id as string
    const bad = ['config/condition', 'config/if_true/0'].map((place) => `/definition/stages/0/${place}`)
    bad.push('/definition/stages/1/config/vlaue', '/definition/stages/1/depends_on/1')
    await expectNothingWritten(async () => {
      const published = await call('POST', `/v1/workflows/${id}/versions`)
      const deployed = await call('POST', '/v1/workflows/deploy', { workflowId: id, environment: 'development' })
      expectRefusal(published, { status: 422, code: 'definition_invalid', hint: /value\?/ })
      expectRefusal(deployed, { status: 422, code: 'deploy_refused', hint: /value\?/ })
      for (const { body } of [created, published, deployed])
        expect(new Set(body.issues.map((issue: { path: string }) => issue.path))).toEqual(new Set(bad))
    })
  })

  test('the same Idempotency-Key with another body', async () => {
    const key = { 'idempotency-key': randomUUID() }
    const start = (orderId: string) => call('POST', '/v1/workflows/run', { workflowId, input: { orderId } }, key)
    const { executionId } = (await start('1')).body
    await expectNothingWritten(async () => {
      expectRefusal(await start('2'), { status: 422, code: 'idempotency_key_reused', hint: /fresh key/ })
      expect(await start('1')).toMatchObject({ status: 200, body: { executionId } })
    })
  })

  test('another organization’s ids as if they did not exist (I10)', async () => {
    const { executionId } = (await run({ orderId: '1' })).body
    const { call: stranger } = await newOrganization(server.url)
    await expectNothingWritten(async () => {
      const attempts: [string, string, object?][] = [
        ['GET', `/v1/workflows/${workflowId}`],
        ['PUT', `/v1/workflows/${workflowId}`, { definition: {}, revision: 1 }],
        ['DELETE', `/v1/workflows/${workflowId}?undeploy=true`],
        ['POST', `/v1/workflows/${workflowId}/versions`],
        ['POST', '/v1/workflows/run', { workflowId, input: { orderId: '1' } }],
        ['POST', '/v1/workflows/deploy', { workflowId, environment: 'development' }],
        ['GET', `/v1/deployments/${deploymentId}`],
        ['POST', `/v1/deployments/${deploymentId}/undeploy`],
        ['GET', `/v1/executions/${executionId}`],
        ['GET', `/v1/executions/${executionId}/trace`],
        ['POST', `/v1/executions/${executionId}/cancel`],
        ['POST', `/v1/executions/${executionId}/replay`],
      ]
      for (const [method, path, body] of attempts)
        expectRefusal(await stranger(method, path, body), { status: 404, code: 'not_found' })
    })
  })
})

function altered(path: string): string {
  return path.slice(0, -1) + (path.endsWith('0') ? '1' : '0')
}

/** A list in a list …, `levels` deep. */
function nested(levels: number): string {
  return '['.repeat(levels) + ']'.repeat(levels)
}
