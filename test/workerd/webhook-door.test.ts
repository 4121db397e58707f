import { describe, expect, it } from 'vitest'
import { jsonBody, openDoor, webhookEndpoint } from './webhook-door-bench'

const ORDER = { orderId: '12345', amount: 99.99, currency: 'USD' }

describe('what a webhook answers', () => {
  it('immediate mode answers 200 with the execution id (S24)', async () => {
    const { call, started, ref } = await openDoor()
    const response = await call(jsonBody(ORDER))
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({
      status: 'accepted',
      executionId: `exec_${ref}_0`,
      message: 'Workflow triggered successfully',
    })
    expect(started).toHaveLength(1)
  })

  it('the body is the input, and the release in force is pinned (S23)', async () => {
    const { call, started } = await openDoor()
    await call(jsonBody(ORDER))
    expect(JSON.parse(started[0]!.payload)).toEqual(ORDER)
    expect(started[0]).toMatchObject({
      pin: 7,
      timeoutMs: 30_000,
      claim: false,
      cause: { type: 'webhook', triggerId: 'webhook' },
    })
  })

  it.for([
    [
      { status: 'completed', output: { invoiceId: 'INV-456' } },
      200,
      { status: 'completed', data: { invoiceId: 'INV-456' } },
    ],
    [{ status: 'completed', output: null }, 200, { status: 'completed', data: null }],
    [{ status: 'timed_out', output: null }, 504, { status: 'timed_out' }],
    [{ status: 'running', output: null }, 504, { status: 'timed_out' }],
  ] as const)('lastNode answers an execution that is %o', async ([{ status, output }, code, body]) => {
    const result = { output, error: null, startedAt: 1, endedAt: 2 }
    const { call, started, ref } = await openDoor([webhookEndpoint({ responseMode: 'lastNode' })], {
      ending: { status, result, response: null },
    })
    const response = await call(jsonBody(ORDER))
    expect(response.status).toBe(code)
    expect(await response.json()).toEqual({ ...body, executionId: `exec_${ref}_0` })
    expect(started[0]).toMatchObject({ claim: true })
  })

  it('lastNode answers a failed execution with 500, without saying which stage failed, what it called or what it threw', async () => {
    const error = {
      code: 'http_status',
      message: 'POST https://ledger.internal.example/charges answered 503.',
      stage: 'charge',
      hint: 'h',
      details: { url: 'u' },
    }
    const result = { output: null, error, startedAt: 1, endedAt: 2 }
    const ending = { status: 'failed', result, response: null } as const
    const { call, ref } = await openDoor([webhookEndpoint({ responseMode: 'lastNode' })], { ending })
    const response = await call(jsonBody(ORDER))
    expect(response.status).toBe(500)
    const text = await response.text()
    expect(text).not.toMatch(/ledger|charge/)
    expect(JSON.parse(text)).toEqual({
      status: 'failed',
      executionId: `exec_${ref}_0`,
      error: { code: 'http_status', message: expect.stringMatching(/^The execution failed\. .*id/) },
    })
  })
})

describe('where a webhook is', () => {
  it('a wrong token is 404 and asks nothing of the storage (W-24, T-08)', async () => {
    const { door, token, asked } = await openDoor()
    const flipped = token.slice(0, -1) + (token.endsWith('0') ? '1' : '0')
    for (const wrong of [
      flipped,
      token.slice(1),
      `${token}0`,
      token.toUpperCase(),
      'abc123xyz',
      '%00',
      `${token}%2f`,
    ]) {
      const response = await door(
        new Request(`https://millrace.test/webhook/${wrong}`, {
          method: 'POST',
          ...jsonBody(ORDER),
        }),
      )
      expect(response.status, wrong).toBe(404)
    }
    expect(asked).toEqual([])
  })

  it('a token of another key, or of another slot of the same deployment, opens nothing', async () => {
    const { door, tokenOf, started } = await openDoor()
    const response = await door(new Request(`https://millrace.test/webhook/${await tokenOf(1)}`, { method: 'POST' }))
    expect(response.status).toBe(404)
    expect(started).toEqual([])
  })

  it.for(['undeployed', 'placed'] as const)('a deployment that is %s answers 404', async (status) => {
    const { call, started } = await openDoor(undefined, { status })
    expect((await call(jsonBody(ORDER))).status).toBe(404)
    expect(started).toEqual([])
  })

  it('a paused deployment answers 503 with Retry-After, and starts nothing', async () => {
    const { call, started } = await openDoor(undefined, { status: 'paused' })
    const response = await call(jsonBody(ORDER))
    expect(response.status).toBe(503)
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await response.json()).toMatchObject({ code: 'paused' })
    expect(started).toEqual([])
  })

  it('an endpoint that cannot be opened lets nobody in, tells senders to come again, and is reported (S-06)', async () => {
    const { call, started, reported } = await openDoor(undefined, { sealedFor: 'elsewhere' })
    const response = await call(jsonBody(ORDER))
    expect(response.status).toBe(503)
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await response.json()).toMatchObject({ code: 'unavailable', issues: [] })
    expect(started).toEqual([])
    expect(reported).toEqual([expect.objectContaining({ message: expect.stringContaining('cannot be opened') })])
  })

  it.for([
    ['not_found', 404, 'webhook_unknown'],
    ['undeployed', 404, 'webhook_unknown'],
    ['paused', 503, 'paused'],
    ['too_many_live', 429, 'too_many_live'],
    ['outcome_unknown', 503, 'outcome_unknown'],
  ] as const)('what the ingress refuses as %s is answered %i', async ([refusal, status, code]) => {
    const { call } = await openDoor(undefined, { refusal })
    const response = await call(jsonBody(ORDER))
    expect(response.status).toBe(status)
    expect(await response.json()).toMatchObject({ code, status, requestId: 'req_1', issues: [] })
    if (status === 429 || status === 503) expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0)
    if (status === 429) expect(response.headers.get('ratelimit')).toMatch(/^"default";r=0;t=\d+$/)
  })
})

describe('which methods a webhook answers', () => {
  it.for(['GET', 'PUT', 'DELETE', 'PATCH', 'HEAD'])(
    '%s is 405 with Allow when only POST is allowed (S17)',
    async (method) => {
      const { call, started } = await openDoor()
      const response = await call({ method })
      expect(response.status).toBe(405)
      expect(response.headers.get('allow')).toBe('POST')
      expect(started).toEqual([])
    },
  )

  it.for(['GET', 'POST', 'PUT', 'DELETE', 'PATCH'])('%s is accepted when it is listed', async (method) => {
    const { call } = await openDoor([webhookEndpoint({ method: ['GET', 'POST', 'PUT', 'DELETE', 'PATCH'] })])
    expect((await call({ method })).status).toBe(200)
  })

  it.for(['GET', 'DELETE'])('the query is the input of a %s', async (method) => {
    const { call, started } = await openDoor([webhookEndpoint({ method: ['GET', 'DELETE'] })])
    await call({ method }, '?order=12345&tag=a&tag=b&__proto__=x')
    expect(started[0]!.payload).toBe('{"order":"12345","tag":["a","b"],"__proto__":"x"}')
    expect(({} as Record<string, unknown>)['order']).toBeUndefined()
  })
})

describe('one call repeated with the same Idempotency-Key', () => {
  it('starts one execution and gets its id every time', async () => {
    const { call, started } = await openDoor()
    const answers = await Promise.all(
      Array.from({ length: 100 }, async () =>
        (await call(jsonBody(ORDER, { 'idempotency-key': 'order-12345' }))).json(),
      ),
    )
    expect(started).toHaveLength(1)
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
  })

  it('with another body is refused with 422', async () => {
    const { call, started } = await openDoor()
    await call(jsonBody(ORDER, { 'idempotency-key': 'k' }))
    const response = await call(jsonBody({ ...ORDER, amount: 1 }, { 'idempotency-key': 'k' }))
    expect(response.status).toBe(422)
    expect(await response.json()).toMatchObject({ code: 'idempotency_key_reused' })
    expect(started).toHaveLength(1)
  })

  it('is kept apart from the same key at another webhook, and is never stored as sent', async () => {
    const { door, tokenOf, started } = await openDoor([
      webhookEndpoint(),
      webhookEndpoint({ slot: 1, triggerId: 'webhook-2' }),
    ])
    for (const slot of [0, 1]) {
      const init = { method: 'POST', ...jsonBody(ORDER, { 'idempotency-key': 'same' }) }
      await door(new Request(`https://millrace.test/webhook/${await tokenOf(slot)}`, init))
    }
    expect(started.map(({ key }) => key)).toEqual([
      expect.stringMatching(/^[0-9a-f]{64}$/),
      expect.stringMatching(/^[0-9a-f]{64}$/),
    ])
    expect(started[0]!.key).not.toBe(started[1]!.key)
  })

  it.for([256, 300])('a key of %i characters is refused with 400', async (length) => {
    const { call, started } = await openDoor()
    const response = await call(jsonBody(ORDER, { 'idempotency-key': 'k'.repeat(length) }))
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ code: 'idempotency_key_invalid' })
    expect(started).toEqual([])
  })
})

describe('what a workflow may read of the call', () => {
  it('its method, its query and its harmless headers, but no credentials', async () => {
    const authentication = { type: 'api_key', header: 'X-Shop', key: 'k' } as const
    const { call, started } = await openDoor([webhookEndpoint({ authentication })])
    const headers = {
      'x-shop': 'k',
      'x-github-event': 'push',
      authorization: 'Bearer s',
      cookie: 'a=b',
      'x-hub-signature-256': 'sha256=00',
      'x-forwarded-for': '10.0.0.1',
      'cf-connecting-ip': '10.0.0.1',
      'x-my-token': 't',
    }
    await call(jsonBody(ORDER, headers), '?source=shop')
    expect(started[0]!.cause).toMatchObject({
      request: {
        method: 'POST',
        query: { source: 'shop' },
        headers: { 'x-github-event': 'push', 'content-type': 'application/json' },
      },
    })
    const request = (started[0]!.cause as { request?: { headers: object } }).request
    expect(Object.keys(request!.headers).sort()).toEqual(['content-type', 'x-github-event'])
  })
})
