import { exportJWK } from 'jose'
import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { ResolvedAuthentication } from '#core/release/endpoint-spec'
import { openDoor, PUBLIC_URL, withAuthentication } from '../webhook-door-bench'
import { createIssuer, ISSUER_URL, newKey, PUBSUB_ACCOUNT, type TokenWish, verifierOf } from './issuer'
import { NOW } from './now'

const SECONDS = NOW / 1_000
const OAUTH = {
  type: 'oauth',
  issuer: ISSUER_URL,
  audience: 'millrace',
  algorithms: ['RS256'],
  claims: { scope: 'hooks' },
  clockToleranceSeconds: 60,
} satisfies ResolvedAuthentication
const CLAIMS = { aud: 'millrace', scope: 'hooks' }

async function open(authentication: ResolvedAuthentication = OAUTH) {
  const issuer = createIssuer()
  let at = NOW
  const tokens = verifierOf(issuer, () => at)
  const door = await openDoor([withAuthentication(authentication)], { clock: () => at, tokens })
  const address = `${PUBLIC_URL}/webhook/${door.token}`
  const withToken = async (token: string) => (await door.call({ headers: { authorization: `Bearer ${token}` } })).status
  const pass = (ms: number) => {
    at += ms
  }
  return {
    ...door,
    issuer,
    address,
    withToken,
    pass,
    status: async (wish: TokenWish) => withToken(await issuer.token(wish)),
  }
}

const base64url = (value: unknown) =>
  btoa(JSON.stringify(value)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')

describe('a token of the issuer', () => {
  it('opens the door, also made for several services, one of them ours', async () => {
    const { status, started } = await open()
    expect(await status(CLAIMS)).toBe(200)
    expect(await status({ ...CLAIMS, aud: ['other', 'millrace'] })).toBe(200)
    expect(started).toHaveLength(2)
  })

  it.for([
    ['another audience', { aud: 'other' }],
    ['a list of audiences without ours', { aud: ['other', 'millrace2'] }],
    ['no audience', { aud: undefined }],
    ['another issuer', { iss: 'https://evil.example' }],
    ['the issuer with a slash more', { iss: `${ISSUER_URL}/` }],
    ['no issuer', { iss: undefined }],
    ['a claim of another value', { scope: 'hooks admin' }],
    ['a claim of another type', { scope: ['hooks'] }],
    ['no such claim', { scope: undefined }],
    ['an end that has passed', { exp: SECONDS - 61 }],
    ['no end', { exp: undefined }],
    ['a start that is to come', { nbf: SECONDS + 61 }],
    ['a birth that is to come', { iat: SECONDS + 61 }],
    ['a critical header nobody knows', { header: { crit: ['urn:x'], 'urn:x': true } }],
    ['a key id that is no text', { header: { kid: 7 } }],
  ] as const)('is refused with %s (W-15)', async ([, wish]) => {
    const { status, started } = await open()
    expect(await status({ ...CLAIMS, ...wish } as TokenWish)).toBe(401)
    expect(started).toHaveLength(0)
  })

  it('may be a minute off, as the document says (W-15)', async () => {
    const { status } = await open()
    expect(await status({ ...CLAIMS, exp: SECONDS - 59 })).toBe(200)
    expect(await status({ ...CLAIMS, nbf: SECONDS + 59 })).toBe(200)
  })

  it('is refused unsigned, and signed with what everybody knows of the key (W-15)', async () => {
    const { issuer, withToken, started } = await open()
    const payload = base64url({ iss: ISSUER_URL, exp: SECONDS + 60, ...CLAIMS })
    for (const alg of ['none', 'None', 'NONE']) {
      for (const signature of ['', 'AAAA'])
        expect(await withToken(`${base64url({ alg })}.${payload}.${signature}`)).toBe(401)
    }
    const [key] = await issuer.keys()
    const publicKey = JSON.stringify(await exportJWK(key!.publicKey))
    const head = `${base64url({ alg: 'HS256', kid: 'key-1' })}.${payload}`
    const signature = createHmac('sha256', publicKey).update(head).digest('base64url')
    expect(await withToken(`${head}.${signature}`)).toBe(401)
    expect(started).toHaveLength(0)
  })

  it('is refused in an algorithm the document does not name, though the issuer has such a key (W-15)', async () => {
    const { issuer, status } = await open()
    const [first] = await issuer.keys()
    const curve = await newKey('curve', 'ES256')
    issuer.publish(first!, curve)
    expect(await status({ ...CLAIMS, key: curve })).toBe(401)
    const both = await open({ ...OAUTH, algorithms: ['RS256', 'ES256'] })
    both.issuer.publish(curve)
    expect(await both.status({ ...CLAIMS, key: curve })).toBe(200)
  })

  it('is refused when another key signed it under a known id (W-15)', async () => {
    const { status } = await open()
    expect(await status({ ...CLAIMS, key: await newKey('key-1') })).toBe(401)
  })
})

describe('the keys of an issuer', () => {
  it('are asked for once, and once more for a key nobody has seen, and not again about that one (W-15)', async () => {
    const { issuer, status, pass } = await open()
    const stranger = await newKey('stranger')
    const asked = () => issuer.asked.filter((url) => url.endsWith('/keys')).length
    for (let n = 0; n < 20; n++) expect(await status({ ...CLAIMS, key: stranger, jti: String(n) })).toBe(401)
    expect(asked()).toBe(2)
    pass(59_000)
    expect(await status({ ...CLAIMS, key: stranger })).toBe(401)
    expect(asked()).toBe(2)
    pass(1_000)
    expect(await status({ ...CLAIMS, key: stranger })).toBe(401)
    expect(asked()).toBe(3)
  })

  it('are not asked for by made-up ids more than once in ten seconds (W-15)', async () => {
    const { issuer, status, pass } = await open()
    const key = await newKey('k')
    for (let n = 0; n < 20; n++) await status({ ...CLAIMS, key: { ...key, kid: `made-up-${n}` } })
    expect(issuer.asked.filter((url) => url.endsWith('/keys'))).toHaveLength(2)
    pass(10_000)
    await status({ ...CLAIMS, key: { ...key, kid: 'made-up-20' } })
    expect(issuer.asked.filter((url) => url.endsWith('/keys'))).toHaveLength(3)
  })

  it('may change at any time: a new one is found by the first token that names it', async () => {
    const { issuer, status } = await open()
    expect(await status(CLAIMS)).toBe(200)
    const next = await newKey('key-2')
    issuer.publish(next)
    expect(await status({ ...CLAIMS, key: next })).toBe(200)
  })

  it('that were withdrawn open nothing after ten minutes', async () => {
    const { issuer, status, pass } = await open()
    const [first] = await issuer.keys()
    expect(await status({ ...CLAIMS, key: first! })).toBe(200)
    issuer.publish(await newKey('key-2'))
    pass(10 * 60_000)
    expect(await status({ ...CLAIMS, key: first!, jti: 'later' })).toBe(401)
  })

  it('that cannot be had let nobody in, and senders are told to come again', async () => {
    const { issuer, started, call } = await open()
    issuer.goDown(true)
    const response = await call({ headers: { authorization: `Bearer ${await issuer.token(CLAIMS)}` } })
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5'])
    expect(started).toHaveLength(0)
  })

  it('are used on for a day while they cannot be renewed, and not longer', async () => {
    const { issuer, status, pass } = await open()
    expect(await status(CLAIMS)).toBe(200)
    issuer.goDown(true)
    pass(23 * 3_600_000)
    expect(await status({ ...CLAIMS, iat: SECONDS, exp: SECONDS + 90_000, jti: 'a' })).toBe(200)
    pass(3_600_000)
    expect(await status({ ...CLAIMS, iat: SECONDS, exp: SECONDS + 90_000, jti: 'b' })).toBe(503)
  })

  it('are not asked for on behalf of tokens that no rule could accept', async () => {
    const { issuer, withToken } = await open()
    for (const token of ['x', 'a.b.c', `${base64url({ alg: 'HS256', kid: 'k' })}.e30.AAAA`]) await withToken(token)
    expect(issuer.asked).toEqual([])
  })
})

it('a token that was believed ends with its own end', async () => {
  const { issuer, withToken, pass } = await open()
  const token = await issuer.token({ ...CLAIMS, exp: SECONDS + 10 })
  expect(await withToken(token)).toBe(200)
  pass(69_000)
  expect(await withToken(token)).toBe(200)
  pass(2_000)
  expect(await withToken(token)).toBe(401)
})

describe('a push of Google Pub/Sub', () => {
  const PUBSUB = { type: 'google_pubsub', serviceAccount: PUBSUB_ACCOUNT } satisfies ResolvedAuthentication

  it.for([
    ['as Google signs it', 200, {}],
    ['of the issuer without its scheme', 200, { iss: 'accounts.google.com' }],
    ['of another issuer', 401, { iss: 'https://accounts.google.com.evil.example' }],
    ['of another account', 401, { email: 'other@project.iam.gserviceaccount.com' }],
    ['of an account that is not verified', 401, { email_verified: false }],
    ['of an account that is verified in words only (W-15)', 401, { email_verified: 'true' }],
  ] as const)('%s is answered %i', async ([, expected, claims]) => {
    const { issuer, address, withToken } = await open(PUBSUB)
    expect(await withToken(await issuer.googleToken(address, claims))).toBe(expected)
  })

  it('is meant for this address and no other, not even beside it (W-15)', async () => {
    const { issuer, address, withToken } = await open(PUBSUB)
    for (const audience of ['https://other.example/push', [address], [address, 'other'], `${address}/`]) {
      expect(await withToken(await issuer.googleToken(audience))).toBe(401)
    }
    const own = await open({ ...PUBSUB, audience: 'orders' })
    expect(await own.withToken(await own.issuer.googleToken('orders'))).toBe(200)
    expect(await own.withToken(await own.issuer.googleToken(own.address))).toBe(401)
  })
})
