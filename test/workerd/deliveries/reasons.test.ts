import { expect, it } from 'vitest'
import type { ResolvedAuthentication } from '#core/release/endpoint-spec'
import { DELIVERY_REASON_CODES, type DeliveryReason } from '#core/model/delivery-reasons'
import { LIMITS } from '#core/model/limits'
import { err } from '#core/kernel/result'
import type { TokenProblem } from '../../../worker/ports/token-verifier'
import type { TriggerLimit } from '../../../worker/ports/trigger-limit'
import { openFor, withoutHeader } from '../schemes/open-for'
import { senders } from '../schemes/senders'
import { jsonBody, openDoor, webhookEndpoint, withAuthentication } from '../webhook-door-bench'

const API_KEY = { type: 'api_key', header: 'X-Door', key: 'key-0123456789' } as const
const OAUTH = {
  type: 'oauth',
  issuer: 'https://issuer.example',
  audience: 'millrace',
  algorithms: ['RS256'],
  claims: {},
  clockToleranceSeconds: 60,
} as unknown as ResolvedAuthentication

const named = (name: string) => senders.find((one) => one.name === name)!
type Door = Pick<Awaited<ReturnType<typeof openDoor>>, 'call' | 'noted' | 'started'>

async function called(door: Door, init: RequestInit = jsonBody({})): Promise<Door> {
  await (await door.call(init)).text()
  return door
}

const brokenOff = () =>
  new ReadableStream<Uint8Array>({ pull: (stream) => stream.error(new Error('Network connection lost.')) })

const withKey = (init: RequestInit) => ({ ...init, headers: { ...init.headers, 'x-door': API_KEY.key } })
const openWithKey = () => openDoor([withAuthentication(API_KEY)])
const token = (problem: TokenProblem) => async () =>
  called(await openDoor([withAuthentication(OAUTH)], { tokens: async () => err(problem) }), {
    ...jsonBody({}, { authorization: 'Bearer a.b.c' }),
  })
const full: TriggerLimit = async () => [
  {
    rule: { name: 'organization', quota: 1, windowSeconds: 1 },
    allowed: false,
    remaining: 0,
    resetSeconds: 1,
    retryAfterSeconds: 1,
  },
]
const failing = (message: string) => async () =>
  called(
    await openDoor([withAuthentication(OAUTH)], { reports: true, tokens: () => Promise.reject(new Error(message)) }),
    jsonBody({}, { authorization: 'Bearer a.b.c' }),
  )

/** How a call comes to be refused for each reason; every reason there is stands here. */
const CALLS: Readonly<Record<DeliveryReason, () => Promise<Door>>> = {
  handshake: async () => {
    const door = await openFor(named('slack'))
    const body = new TextEncoder().encode('{"type":"url_verification","challenge":"x"}')
    await door.send(await door.letter({ body }))
    return door
  },
  credential_malformed: async () => called(await openWithKey()),
  credential_wrong: async () => called(await openWithKey(), jsonBody({}, { 'x-door': 'another' })),
  time_outside: async () => {
    const door = await openFor(named('stripe'))
    await door.send(await door.letter({ time: '1600000000' }))
    return door
  },
  token_malformed: token('malformed'),
  token_key_unknown: token('key_unknown'),
  token_signature_wrong: token('signature_wrong'),
  token_expired: token('expired'),
  token_claim_wrong: token('claim_wrong'),
  token_unavailable: token('unavailable'),
  secret_unusable: async () => called(await openDoor([withAuthentication({ type: 'unusable', reason: 'missing' })])),
  endpoint_unreadable: async () => called(await openDoor(undefined, { sealedFor: 'elsewhere' })),
  method_not_allowed: async () => called(await openDoor(), { method: 'PUT' }),
  origin_not_allowed: async () => {
    const cors = { enabled: true, allowedOrigins: ['https://shop.example'], allowedMethods: [] }
    const asks = { origin: 'https://evil.example', 'access-control-request-method': 'POST' }
    return called(await openDoor([webhookEndpoint({ cors })]), { method: 'OPTIONS', headers: asks })
  },
  headers_too_large: async () => called(await openDoor(), jsonBody({}, { 'x-long': 'x'.repeat(40_000) })),
  body_incomplete: async () => called(await openDoor(), { ...jsonBody({}), body: brokenOff() }),
  body_too_large: async () => called(await openDoor(), jsonBody('x'.repeat(LIMITS.webhookBodyBytesMax))),
  unsupported_media_type: async () =>
    called(await openDoor(), { body: 'a,b', headers: { 'content-type': 'text/csv' } }),
  malformed_json: async () => called(await openDoor(), { ...jsonBody(0), body: '{' }),
  duplicate_key: async () => called(await openDoor(), { ...jsonBody(0), body: '{"a":1,"a":2}' }),
  too_deep: async () => called(await openDoor(), { ...jsonBody(0), body: '['.repeat(100) + ']'.repeat(100) }),
  idempotency_key_invalid: async () => called(await openDoor(), jsonBody({}, { 'idempotency-key': 'x'.repeat(300) })),
  idempotency_key_reused: async () => {
    const door = await openDoor()
    await called(door, jsonBody({ n: 1 }, { 'idempotency-key': 'k' }))
    return called(door, jsonBody({ n: 2 }, { 'idempotency-key': 'k' }))
  },
  rate_limited: async () => called(await openDoor(undefined, { triggerLimit: full })),
  too_many_live: async () => called(await openDoor(undefined, { refusal: 'too_many_live' })),
  loop_detected: async () => called(await openDoor(), jsonBody({}, { 'millrace-hops': '8' })),
  paused: async () => called(await openDoor(undefined, { status: 'paused' })),
  undeployed: async () => called(await openDoor(undefined, { status: 'undeployed' })),
  webhook_removed: async () => {
    const door = await openDoor()
    await door.door(new Request(`https://millrace.test/webhook/${await door.tokenOf(1)}`, { method: 'POST' }))
    return door
  },
  unavailable: failing('Network connection lost.'),
  outcome_unknown: async () => called(await openDoor(undefined, { refusal: 'outcome_unknown' })),
  internal: failing('nobody thought of this'),
}

it.for(DELIVERY_REASON_CODES)('the owner of a webhook reads that a call ended with: %s', async (reason) => {
  const { noted } = await CALLS[reason]()
  const last = noted.at(-1)
  const isLetIn = reason === 'handshake'
  expect(last).toMatchObject({ reason, outcome: isLetIn ? 'accepted' : 'refused', executionId: null, duplicate: false })
  expect(last?.status).toBeGreaterThanOrEqual(isLetIn || reason === 'origin_not_allowed' ? 200 : 400)
})

it('an accepted call is noted with its execution, trigger, size and answer, and its repeat as a repeat', async () => {
  const { call, noted, ref } = await openDoor()
  const init = jsonBody({ orderId: 1 }, { 'idempotency-key': 'k', 'user-agent': 'shop/1' })
  await call(init, '?source=shop&token=abc')
  await call(init, '?source=shop&token=abc')
  const same = {
    method: 'POST',
    slot: 0,
    triggerId: 'webhook',
    outcome: 'accepted',
    reason: null,
    status: 200,
    bytes: 13,
    executionId: `exec_${ref}_0`,
  }
  expect(noted).toMatchObject([
    { ...same, duplicate: false },
    { ...same, duplicate: true },
  ])
  expect(noted[0]?.facts()).toEqual({
    headers: { 'content-type': 'application/json', 'idempotency-key': '[redacted]', 'user-agent': 'shop/1' },
    query: ['source', 'token'],
  })
})

it('an execution is named also where its caller was answered that it failed', async () => {
  const result = { output: null, error: { code: 'http_status', message: 'm' }, startedAt: 1, endedAt: 2 }
  const { call, noted } = await openDoor([webhookEndpoint({ responseMode: 'lastNode' })], {
    ending: { status: 'failed', result, response: null },
  })
  await call(jsonBody({}))
  expect(noted).toMatchObject([{ outcome: 'accepted', status: 500, executionId: expect.stringMatching(/^exec_/) }])
})

it('calls to addresses nobody was given belong to nobody, and nobody hears of them (W-24)', async () => {
  const { door, token: own, noted } = await openDoor()
  for (const path of ['', 'abc', own.slice(1), `${own}0`, own.toUpperCase()]) {
    expect((await door(new Request(`https://millrace.test/webhook/${path}`, { method: 'POST' }))).status).toBe(404)
  }
  expect(noted).toEqual([])
})

it('a browser that may call, and one that never asked for an origin, leave nothing', async () => {
  const cors = { enabled: true, allowedOrigins: ['https://shop.example'], allowedMethods: [] }
  const { call, noted } = await openDoor([webhookEndpoint({ cors })])
  const asks = { origin: 'https://shop.example', 'access-control-request-method': 'POST' }
  await call({ method: 'OPTIONS', headers: asks })
  await call({ method: 'OPTIONS' })
  expect(noted).toEqual([])
})

it('a sender reads nothing of the reason: what is refused for credentials is answered alike', async () => {
  const answers = await Promise.all(
    (['credential_malformed', 'credential_wrong', 'secret_unusable', 'token_expired'] as const).map(async (reason) => {
      const init = reason === 'credential_wrong' ? jsonBody({}, { 'x-door': 'another' }) : jsonBody({})
      const authentication = reason === 'secret_unusable' ? ({ type: 'unusable', reason: 'r' } as const) : API_KEY
      const answer = await (await openDoor([withAuthentication(authentication)])).call(init)
      return [answer.status, await answer.text(), [...answer.headers.keys()]]
    }),
  )
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
})

it('a missing credential is told from a wrong one, for every scheme with a header', async () => {
  for (const sender of senders.filter(({ header }) => header !== null)) {
    const door = await openFor(sender)
    await door.send(withoutHeader(await door.letter(), sender.header ?? ''))
    expect([sender.name, door.noted[0]?.reason]).toEqual([sender.name, 'credential_malformed'])
  }
})

it('a signed call is let in all the same', async () => {
  const door = await openWithKey()
  expect((await door.call(withKey(jsonBody({})))).status).toBe(200)
  expect(door.noted).toMatchObject([{ outcome: 'accepted', reason: null }])
})
