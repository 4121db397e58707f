import { describe, expect, it } from 'vitest'
import type { ComponentContext, HttpAnswer, HttpRequest, Outcome } from '#core/components/context'
import { httpRequest, type HttpRequestConfig } from '#core/components/http-request'
import { resolvedConfig } from '#core/components/registry'

type Response = Partial<Extract<HttpAnswer, { kind: 'response' }>>

async function send(
  config: Record<string, unknown>,
  response: Response = {},
  started: Pick<ComponentContext, 'traceparent'> = {},
): Promise<{ request: HttpRequest | undefined; outcome: Outcome }> {
  const requests: HttpRequest[] = []
  const ctx = {
    at: 0,
    executionId: 'exec_1',
    stageId: 'call',
    attempt: 2,
    idempotencyKey: 'exec_1:call',
    waitingSince: null,
    late: () => null,
    http: async (request) => {
      requests.push(request)
      return { status: 200, headers: {}, text: '', durationMs: 7, ...response, kind: 'response' }
    },
    ai: async () => ({ kind: 'failed', failure: { code: 'none', message: 'none' }, durationMs: 0 }),
    code: async () => ({ kind: 'failed', failure: { code: 'none', message: 'none' } }),
    log: () => undefined,
    ...started,
  } as Partial<ComponentContext> as ComponentContext
  const resolved = resolvedConfig('http_request').parse({ url: 'https://api.test/x', ...config }) as HttpRequestConfig
  const outcome = await httpRequest.run(resolved, ctx)
  return { request: requests[0], outcome }
}

/** The headers of a request but for the one that every request carries. */
const own = (request: HttpRequest | undefined) =>
  Object.fromEntries(Object.entries(request?.headers ?? {}).filter(([name]) => name !== 'traceparent'))

const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' }

describe('the request', () => {
  it('is a GET without body, for 30 s, when only a url is written', async () => {
    const { request } = await send({})
    expect(own(request)).toEqual({})
    expect(request).toMatchObject({ url: 'https://api.test/x', method: 'GET', body: null, timeoutMs: 30_000 })
  })

  it('carries an object as JSON', async () => {
    const { request } = await send({ method: 'POST', body: { a: [1] } })
    expect(request).toMatchObject({ body: '{"a":[1]}', headers: { 'Content-Type': 'application/json' } })
  })

  it('carries JSON under the type the workflow names (S146)', async () => {
    const headers = { 'content-type': 'application/strategic-merge-patch+json' }
    const { request } = await send({ method: 'PATCH', headers, body: { spec: {} } })
    expect(request?.body).toBe('{"spec":{}}')
    expect(own(request)).toEqual({ ...headers, 'Idempotency-Key': 'exec_1:call' })
  })

  it('carries text as it is written', async () => {
    const { request } = await send({ method: 'POST', body: '<a/>', headers: { 'Content-Type': 'application/xml' } })
    expect(request).toMatchObject({ body: '<a/>', headers: { 'Content-Type': 'application/xml' } })
  })

  it('carries an object as a form when its type says so', async () => {
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
    const { request } = await send({ method: 'POST', headers, body: { a: 'x y&z', b: [1, 2], c: null } })
    expect(request?.body).toBe('a=x%20y%26z&b=1&b=2')
  })

  it('carries the same Idempotency-Key in every attempt when it is unsafe, unless one is written (I5)', async () => {
    expect(own((await send({ method: 'DELETE' })).request)).toEqual({ 'Idempotency-Key': 'exec_1:call' })
    expect(own((await send({ method: 'HEAD' })).request)).toEqual({})
    const written = await send({ method: 'POST', headers: { 'idempotency-key': 'mine' } })
    expect(own(written.request)).toEqual({ 'idempotency-key': 'mine' })
  })

  it('carries the trace of whoever started the execution, unless another is written', async () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
    const { request } = await send({}, {}, { traceparent })
    expect(request?.headers['traceparent']).toContain('-4bf92f3577b34da6a3ce929d0e0e4736-')
    const written = await send({ headers: { Traceparent: traceparent } })
    expect(written.request?.headers).toEqual({ Traceparent: traceparent })
  })

  it.for([
    [{ type: 'bearer', token: 't' }, { Authorization: 'Bearer t' }],
    [{ type: 'basic', username: 'ann', password: 'pä' }, { Authorization: 'Basic YW5uOnDDpA==' }],
    [{ type: 'api_key', key: 'k' }, { 'X-API-Key': 'k' }],
    [{ type: 'header', name: 'X-Token', value: 'v' }, { 'X-Token': 'v' }],
    [{ type: 'none' }, {}],
  ] as const)('carries the credential of %o', async ([auth, headers]) => {
    expect(own((await send({ auth })).request)).toEqual(headers)
  })

  it.for([
    ['https://a.test/x', 'https://a.test/x?q=a%20b&n=1'],
    ['https://a.test/x?p=1#top', 'https://a.test/x?p=1&q=a%20b&n=1#top'],
  ] as const)('appends its query to %s', async ([url, expected]) => {
    expect((await send({ url, query: { q: 'a b', none: null, n: 1 } })).request?.url).toBe(expected)
  })

  it.for([
    [{ url: 'ftp://a.test' }, 'url_invalid'],
    [{ url: '/relative' }, 'url_invalid'],
    [{ url: 'https://' }, 'url_invalid'],
    [{ headers: { 'X-Note': 'two\r\nlines' } }, 'header_invalid'],
    [{ headers: { 'X-Note': '中' } }, 'header_invalid'],
    [{ method: 'GET', body: { a: 1 } }, 'body_not_allowed'],
  ] as const)('is never sent as %o', async ([config, code]) => {
    const { request, outcome } = await send(config)
    expect(request).toBeUndefined()
    expect(outcome).toMatchObject({ kind: 'failed', failure: { code, hint: expect.any(String) } })
  })

  it('refuses header names that are none while the workflow is written', () => {
    const parse = (name: string) =>
      resolvedConfig('http_request').safeParse({ url: 'https://a.test', headers: { [name]: 'x' } }).success
    expect(['X-Ok', 'bad name', 'bad:name', ''].map(parse)).toEqual([true, false, false, false])
  })
})

describe('the response', () => {
  it('is given with status, headers, body and duration (S142)', async () => {
    const { outcome } = await send({}, { headers: JSON_TYPE, text: '{"a":1}' })
    expect(outcome).toEqual({
      kind: 'completed',
      output: { status_code: 200, headers: JSON_TYPE, body: { a: 1 }, duration_ms: 7 },
    })
  })

  it.for([
    ['application/json', '{"a":1}', { a: 1 }],
    ['application/vnd.github.v3+json', '[1]', [1]],
    ['application/json', 'not json', 'not json'],
    ['application/json', '', null],
    ['text/plain', '{"a":1}', '{"a":1}'],
    ['text/html; note=x/json', '{}', '{}'],
  ] as const)('of type %s and text %s has the body %o', async ([type, text, body]) => {
    const { outcome } = await send({}, { headers: { 'Content-Type': type }, text })
    expect(outcome).toMatchObject({ output: { body } })
  })

  it('with a status of 400 or more fails the stage unless allowed, and says where the answer is', async () => {
    expect((await send({}, { status: 404 })).outcome).toMatchObject({
      kind: 'failed',
      failure: { code: 'http_status', hint: expect.stringContaining('ok_statuses') },
      transient: false,
    })
    expect((await send({ ok_statuses: [404] }, { status: 404 })).outcome).toMatchObject({
      kind: 'completed',
      output: { status_code: 404 },
    })
    expect((await send({}, { status: 302 })).outcome.kind).toBe('completed')
  })
})

describe('the safety of a request', () => {
  it.for([
    [undefined, 'safe'],
    ['GET', 'safe'],
    ['HEAD', 'safe'],
    ['POST', 'unsafe'],
    ['OPTIONS', 'unsafe'],
    ['{{ input.method }}', 'unsafe'],
  ] as const)('with method %s is %s', ([method, safety]) => {
    expect(httpRequest.safety({ method })).toBe(safety)
  })
})

describe('a request that is sent at most once', () => {
  it.for([
    [{ status: 500 }, 'http_status', false],
    [{ status: 408 }, 'http_status', false],
    [{ status: 429 }, 'http_status', true],
  ] as const)('answered with %o fails as %s, and may be tried again: %s', async ([answer, code, transient]) => {
    const { outcome } = await send({ method: 'POST', at_most_once: true }, answer)
    expect(outcome).toMatchObject({ kind: 'failed', failure: { code }, transient })
  })
})
