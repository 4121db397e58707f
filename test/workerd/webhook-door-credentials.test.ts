import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { ResolvedAuthentication } from '#core/release/endpoint-spec'
import { openDoor, withAuthentication } from './webhook-door-bench'

const SECRET = ' whsec_ß∂ with spaces '
const BODY = '{"orderId":"12345",\r\n "note":"ü \\u0000"}'
const API_KEY = { type: 'api_key', header: 'X-API-Key', key: 'key-123' } as const
const BEARER = { type: 'bearer', token: 'token-123' } as const

type Hmac = Extract<ResolvedAuthentication, { type: 'hmac' }>
const hmac = (changes: Partial<Hmac> = {}): Hmac => ({
  type: 'hmac',
  algorithm: 'sha256',
  header: 'X-Signature',
  secret: SECRET,
  encoding: 'any',
  prefix: 'sha256=',
  ...changes,
})

/** Signed by Node's own implementation, not by ours. */
const sign = (encoding: 'hex' | 'base64', algorithm = 'sha256', secret = SECRET, body: string | Uint8Array = BODY) =>
  createHmac(algorithm, secret).update(body).digest(encoding)

async function statusOf(authentication: ResolvedAuthentication, headers: [string, string][], body: BodyInit = BODY) {
  const { call, started } = await openDoor([withAuthentication(authentication)])
  const response = await call({ body, headers: [['content-type', 'text/plain'], ...headers] })
  expect(started).toHaveLength(response.status === 200 ? 1 : 0)
  return response.status
}

describe('an API key (S90)', () => {
  it.for([
    [[['x-api-key', 'key-123']], 200],
    [[['X-API-KEY', 'key-123']], 200],
    [[], 401],
    [[['x-api-key', '']], 401],
    [[['x-api-key', 'key-12']], 401],
    [[['x-api-key', 'key-1234']], 401],
    [[['x-api-key', 'KEY-123']], 401],
    [
      [
        ['x-api-key', 'key-123'],
        ['x-api-key', 'key-123'],
      ],
      401,
    ],
    [[['authorization', 'Bearer key-123']], 401],
  ] as [[string, string][], number][])('%o is answered %i', async ([headers, status]) => {
    expect(await statusOf(API_KEY, headers)).toBe(status)
  })
})

describe('a bearer token (S92)', () => {
  it.for([
    ['Bearer token-123', 200],
    ['bearer token-123', 200],
    ['Bearer  token-123', 200],
    ['token-123', 401],
    ['Basic token-123', 401],
    ['Bearer', 401],
    ['Bearer token-12', 401],
    ['Bearer token-123, Bearer token-123', 401],
  ] as const)('"%s" is answered %i', async ([value, status]) => {
    expect(await statusOf(BEARER, [['authorization', value]])).toBe(status)
  })
})

describe('an HMAC signature over the raw bytes (S91)', () => {
  it.for([
    ['hex', hmac(), sign('hex')],
    ['upper-case hex', hmac(), sign('hex').toUpperCase()],
    ['base64', hmac(), sign('base64')],
    ['hex with its prefix', hmac(), `sha256=${sign('hex')}`],
    ['base64 with its prefix', hmac(), `sha256=${sign('base64')}`],
    ['base64 where only base64 is allowed', hmac({ encoding: 'base64' }), sign('base64')],
    ['sha512 in hex', hmac({ algorithm: 'sha512', prefix: 'sha512=' }), `sha512=${sign('hex', 'sha512')}`],
    ['sha512 in base64', hmac({ algorithm: 'sha512', prefix: '' }), sign('base64', 'sha512')],
    ['another prefix', hmac({ prefix: 'v1,' }), `v1,${sign('base64')}`],
  ] as const)('%s is accepted', async ([, authentication, signature]) => {
    expect(await statusOf(authentication, [['x-signature', signature]])).toBe(200)
  })

  const right = sign('hex')
  it.for([
    ['no signature', []],
    ['an empty one', [['x-signature', '']]],
    [
      'a repeated one (W-02)',
      [
        ['x-signature', right],
        ['x-signature', right],
      ],
    ],
    ['one flipped bit (W-01)', [['x-signature', (right.startsWith('0') ? '1' : '0') + right.slice(1)]]],
    ['a prefix in other letters (W-03)', [['x-signature', `SHA256=${right}`]]],
    ['another method (W-03)', [['x-signature', `sha1=${sign('hex', 'sha1')}`]]],
    ['hex of odd length (W-04)', [['x-signature', right.slice(1)]]],
    ['half of it (W-05)', [['x-signature', right.slice(0, 32)]]],
    ['base64url (W-04)', [['x-signature', '-_'.repeat(21) + '-=']]],
    ['ten kilobytes (W-04)', [['x-signature', 'a'.repeat(10_000)]]],
    ['text that is not ASCII (W-04)', [['x-signature', '\u00e9'.repeat(64)]]],
    ['the secret itself', [['x-signature', SECRET.replaceAll(/[^ -~]/g, '')]]],
    ['another secret (W-09)', [['x-signature', sign('hex', 'sha256', 'other')]]],
    ['a trimmed secret (W-22)', [['x-signature', sign('hex', 'sha256', SECRET.trim())]]],
    ['sha512 where sha256 is asked', [['x-signature', sign('hex', 'sha512')]]],
    ['another header', [['x-signature-256', right]]],
  ] as [string, [string, string][]][])('%s is answered 401 and starts nothing', async ([, headers]) => {
    expect(await statusOf(hmac(), headers)).toBe(401)
  })

  it.for([
    ['hex', 'base64'],
    ['base64', 'hex'],
  ] as const)('where only %s is allowed, %s is refused', async ([encoding, other]) => {
    expect(await statusOf(hmac({ encoding }), [['x-signature', sign(other)]])).toBe(401)
  })

  it.for([
    ['CRLF', '{"a":\r\n1}'],
    ['a byte order mark', '\ufeff{"a":1}'],
    ['nothing', ''],
    ['bytes that are no text', new Uint8Array([0, 255, 254, 10])],
  ] as const)('%s in the body is signed as it is sent (W-10)', async ([, body]) => {
    const { call } = await openDoor([withAuthentication(hmac())])
    const signature = sign('hex', 'sha256', SECRET, body)
    const response = await call({ body, headers: { 'content-type': 'text/plain', 'x-signature': signature } })
    expect(response.status).not.toBe(401)
    const tampered = await call({ body: 'x', headers: { 'content-type': 'text/plain', 'x-signature': signature } })
    expect(tampered.status).toBe(401)
  })

  it('covers the compressed bytes, as they came over the wire (W-11)', async () => {
    const stream = new Blob(['{"a":1}']).stream().pipeThrough(new CompressionStream('gzip'))
    const body = new Uint8Array(await new Response(stream).arrayBuffer())
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' }
    const { call } = await openDoor([withAuthentication(hmac())])
    expect(
      (await call({ body, headers: { ...headers, 'x-signature': sign('hex', 'sha256', SECRET, body) } })).status,
    ).toBe(200)
    expect(
      (await call({ body, headers: { ...headers, 'x-signature': sign('hex', 'sha256', SECRET, '{"a":1}') } })).status,
    ).toBe(401)
  })

  it('is checked before the body is read as anything (W-23)', async () => {
    const { call } = await openDoor([withAuthentication(hmac())])
    const response = await call({
      body: '{"a":',
      headers: { 'content-type': 'application/xml', 'x-signature': 'wrong' },
    })
    expect(response.status).toBe(401)
  })
})

describe('credentials that cannot be used', () => {
  it('let nobody in: a secret that is missing fails closed (W-06)', async () => {
    const unusable = { type: 'unusable', reason: 'vars.hook_secret is not set' } as const
    for (const headers of [[], [['x-api-key', '']], [['x-signature', sign('hex', 'sha256', '')]]] as [
      string,
      string,
    ][][]) {
      expect(await statusOf(unusable, headers)).toBe(401)
    }
  })
})

describe('what a refusal tells', () => {
  it('an unknown address and every kind of wrong credential have bodies of one size', async () => {
    const sizes = new Set<number>()
    for (const authentication of [API_KEY, BEARER, hmac(), { type: 'unusable', reason: 'secret' } as const]) {
      const { call, door } = await openDoor([withAuthentication(authentication)])
      for (const response of [await call(), await call({ headers: { authorization: 'Bearer x', 'x-api-key': 'y' } })]) {
        expect(response.status).toBe(401)
        const text = await response.text()
        expect(text).not.toContain('secret')
        expect(JSON.parse(text)).toMatchObject({ code: 'webhook_unauthorized' })
        sizes.add(text.length)
      }
      sizes.add((await (await door(new Request('https://millrace.test/webhook/nowhere'))).text()).length)
    }
    expect(sizes.size).toBe(1)
  })

  it('a paused deployment is not told to a sender without credentials', async () => {
    const { call } = await openDoor([withAuthentication(API_KEY)], { status: 'paused' })
    expect((await call()).status).toBe(401)
    expect((await call({ headers: { 'x-api-key': 'key-123' } })).status).toBe(503)
  })
})
