import { describe, expect, it } from 'vitest'
import { openFor } from '../schemes/open-for'
import { senders } from '../schemes/senders'
import { CANARY, canariesIn, encodings } from '../secrets/canary'
import { jsonBody, openDoor, withAuthentication } from '../webhook-door-bench'

/** The encodings a header line can hold. */
const inHeaders = Object.entries(encodings).filter(([, encode]) => /^[\x20-\x7e]*$/.test(encode(CANARY)))
const keyed = () => openDoor([withAuthentication({ type: 'api_key', header: 'X-Door', key: CANARY })])

function factsOf({ noted }: Pick<Awaited<ReturnType<typeof openDoor>>, 'noted'>): string {
  return JSON.stringify(noted.map((seen) => [seen, seen.facts()]))
}

describe('what is remembered of a call', () => {
  it.for(senders)('holds no credential of its scheme, right or wrong: $name', async (sender) => {
    const door = await openFor(sender)
    const letters = [await door.letter(), await door.letter({ secret: sender.secrets[1] })]
    for (const letter of letters) await door.send(letter)
    expect(door.noted).toHaveLength(2)
    const kept = factsOf(door)
    for (const { headers } of letters) {
      const proof = headers.find(([name]) => name === sender.header)?.[1]
      if (proof !== undefined) expect(kept).not.toContain(proof)
    }
    for (const secret of sender.secrets) expect(kept).not.toContain(secret.trim())
    expect(kept).not.toContain(door.token)
  })

  it.for(inHeaders)('masks the secret of the webhook wherever a sender writes it: %s', async ([, encode]) => {
    const door = await keyed()
    const text = encode(CANARY)
    await door.call(jsonBody({}, { 'x-note': `see ${text}`, 'user-agent': text }), `?${encodeURIComponent(text)}=1`)
    expect(canariesIn(factsOf(door))).toEqual([])
  })

  it('shows no value where the secrets are not known, but of headers that are harmless', async () => {
    const door = await openDoor(undefined, { status: 'undeployed' })
    await door.call(jsonBody({}, { 'x-door': 'the-old-key', 'user-agent': 'shop/1' }))
    expect(door.noted[0]?.facts().headers).toEqual({
      'content-type': 'application/json',
      'user-agent': 'shop/1',
      'x-door': '[redacted]',
    })
  })

  it.for([
    'authorization',
    'cookie',
    'proxy-authorization',
    'x-api-key',
    'x-access-token',
    'x-csrf',
    'x-amz-security-token',
    'x-hub-signature-256',
    'x-session-id',
    'x-client-secret',
    'referer',
    'idempotency-key',
  ])('names %s and hides what it holds', async (name) => {
    const door = await openDoor()
    await door.call(jsonBody({}, { [name]: 'not-for-anybody' }))
    expect(door.noted[0]?.facts().headers[name]).toBe('[redacted]')
    expect(factsOf(door)).not.toContain('not-for-anybody')
  })

  it('says nothing of where its sender is', async () => {
    const door = await openDoor()
    const from = { 'cf-connecting-ip': '203.0.113.9', 'x-forwarded-for': '203.0.113.9', 'x-real-ip': '203.0.113.9' }
    await door.call(jsonBody({}, { ...from, forwarded: 'for=203.0.113.9' }))
    expect(factsOf(door)).not.toContain('203.0.113.9')
  })

  it('holds neither the body nor the values of the query, and of the query only what looks like a name', async () => {
    const door = await openDoor()
    const bare = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2lnbmF0dXJl'
    await door.call(jsonBody({ card: '4111111111111111' }), `?code=s3cr3t&${bare}&__proto__=1`)
    expect(door.noted[0]?.facts().query).toEqual(['code', '[redacted]', '__proto__'])
    expect(factsOf(door)).not.toMatch(/4111|s3cr3t|eyJhb/)
  })

  it('is short however long the call is', async () => {
    const door = await openDoor()
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`x-${n}`, 'v'.repeat(200)]))
    await door.call(jsonBody({}, many), `?${Array.from({ length: 500 }, (_, n) => `n${n}=1`).join('&')}`)
    expect(factsOf(door).length).toBeLessThan(6_000)
    const { headers, query } = door.noted[0]!.facts()
    expect(Object.keys(headers).length).toBeGreaterThan(10)
    expect(query).toHaveLength(50)
  })
})
