import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { HttpRequest } from '#core/components/context'
import { createDohResolver } from '../../../worker/adapters/net/doh-resolver'
import type { Fetch } from '../../../worker/adapters/net/follow'
import { createHttpSender } from '../../../worker/adapters/net/http-sender'
import { type Resolver, startResolver } from '../../support/server/start-resolver'

const PUBLIC = { A: ['93.184.216.34'], AAAA: ['2606:4700::1111'] }
const PRIVATE = { A: ['10.0.0.7'] }

let resolver: Resolver
beforeAll(async () => {
  resolver = await startResolver()
})
afterAll(() => resolver.end())
beforeEach(() => resolver.reset())

/** A sender that looks names up over the wire, and a network that answers whatever reaches it. */
function senderOf(answers: Record<string, () => Response> = {}) {
  const sent: string[] = []
  const network: Fetch = async (url) => {
    sent.push(url.href)
    return answers[url.href]?.() ?? new Response('here')
  }
  const time = { nowAt: 1_000_000 }
  const resolve = createDohResolver({
    url: new URL(resolver.url),
    fetch: (url, init) => fetch(url, init),
    clock: () => time.nowAt,
  })
  const policy = {
    ownHosts: new Set(['millrace.example.com']),
    allowHosts: new Set<string>(),
    hostMap: new Map(),
    resolve,
  }
  const send = createHttpSender({ policy, clock: () => 0, fetch: network })
  const request = (url: string, changes: Partial<HttpRequest> = {}): HttpRequest => ({
    url,
    method: 'GET',
    headers: {},
    body: null,
    timeoutMs: 20_000,
    ...changes,
  })
  return { send: (url: string, changes?: Partial<HttpRequest>) => send(request(url, changes)), sent, time }
}

const DENIED = { kind: 'failed', failure: { code: 'egress_denied' }, retryable: false }
const UNRESOLVED = { kind: 'failed', failure: { code: 'http_name_unresolved' }, retryable: true }

describe.for(['json', 'wire', null])('a resolver that speaks %s', (mode) => {
  beforeEach(() => resolver.mode(mode))

  it('lets a name through whose addresses are all public, aliases included (N-03)', async () => {
    await resolver.set({ 'a.example.com': [{ ...PUBLIC, CNAME: ['b.example.net'] }] })
    const { send, sent } = senderOf()
    expect(await send('https://a.example.com/x')).toMatchObject({ kind: 'response', text: 'here' })
    expect(sent).toEqual(['https://a.example.com/x'])
  })

  it.for([
    ['a private address', PRIVATE],
    ['a private address among public ones', { A: ['93.184.216.34', '192.168.0.1'] }],
    ['a private address of version 6 only', { AAAA: ['fd00:ec2::254'] }],
    ['a public address of version 4 and a loopback one of version 6', { A: ['93.184.216.34'], AAAA: ['::1'] }],
    ['an address of version 4 inside one of version 6', { AAAA: ['::ffff:169.254.169.254'] }],
    ['an address behind NAT64', { AAAA: ['64:ff9b::a00:1'] }],
    ['an alias with a private address', { CNAME: ['b.example.net', 'c.example.net'], ...PRIVATE }],
    ['an alias that means a private network', { CNAME: ['db.internal'], ...PUBLIC }],
    ['an alias that means this service', { CNAME: ['millrace.example.com'], ...PUBLIC }],
  ] as const)('refuses a name that leads to %s, without saying where (N-03)', async ([, entry]) => {
    await resolver.set({ 'a.example.com': [entry] })
    const { send, sent } = senderOf()
    const answer = await send('https://a.example.com/')
    expect(answer).toMatchObject(DENIED)
    expect(sent).toEqual([])
    expect(JSON.stringify(answer)).not.toMatch(/10\.0\.0|192\.168|169\.254|::1|fd00|a9fe|internal/)
  })

  it('says of a name without an address that it has none (N-03)', async () => {
    await resolver.set({ 'empty.example.com': [{}] })
    const { send, sent } = senderOf()
    for (const host of ['empty.example.com', 'nobody.example.com'])
      expect(await send(`https://${host}/`)).toMatchObject(UNRESOLVED)
    expect(sent).toEqual([])
  })
})

describe('a resolver that cannot be believed', () => {
  it.for(['servfail', 'refuse', 'garbage', 'truncated'])('%s: nothing is sent (N-03)', async (mode) => {
    await resolver.set({ 'a.example.com': [PUBLIC] })
    await resolver.mode(mode)
    const { send, sent } = senderOf()
    expect(await send('https://a.example.com/')).toMatchObject(UNRESOLVED)
    await resolver.mode(null)
    expect(await send('https://a.example.com/')).toMatchObject({ kind: 'response' })
    expect(sent).toHaveLength(1)
  })

  it('one that does not answer takes no longer than the request may (N-03)', async () => {
    await resolver.mode('hang')
    const { send, sent } = senderOf()
    const answer = await send('https://a.example.com/', { timeoutMs: 50 })
    expect(answer).toMatchObject({ kind: 'failed', failure: { code: 'http_timeout' } })
    expect(sent).toEqual([])
  })
})

describe('a name that changes its mind (rebinding)', () => {
  it('is looked up again when its TTL has passed, and refused from then on (N-03)', async () => {
    await resolver.set({ 'a.example.com': [{ ...PUBLIC, ttl: 7 }, PRIVATE] })
    const { send, time } = senderOf()
    expect(await send('https://a.example.com/')).toMatchObject({ kind: 'response' })
    time.nowAt += 6_999
    expect(await send('https://a.example.com/')).toMatchObject({ kind: 'response' })
    time.nowAt += 1
    expect(await send('https://a.example.com/')).toMatchObject(DENIED)
  })

  it('with a TTL of 0 is looked up for each request (N-03)', async () => {
    await resolver.set({ 'a.example.com': [{ ...PUBLIC, ttl: 0 }, PRIVATE] })
    const { send, sent } = senderOf()
    expect(await send('https://a.example.com/')).toMatchObject({ kind: 'response' })
    expect(await send('https://a.example.com/')).toMatchObject(DENIED)
    expect(sent).toHaveLength(1)
  })

  it('is looked up again between two hops of one request (N-03)', async () => {
    await resolver.set({ 'a.example.com': [{ ...PUBLIC, ttl: 0 }, PRIVATE] })
    const again = () => new Response(null, { status: 302, headers: { location: '/again' } })
    const { send, sent } = senderOf({ 'https://a.example.com/': again })
    expect(await send('https://a.example.com/')).toMatchObject(DENIED)
    expect(sent).toEqual(['https://a.example.com/'])
  })

  it('is not believed for longer than 30 s, whatever its TTL says (N-03)', async () => {
    await resolver.set({ 'a.example.com': [{ ...PUBLIC, ttl: 86_400 }, PRIVATE] })
    const { send, time } = senderOf()
    await send('https://a.example.com/')
    time.nowAt += 29_999
    expect(await send('https://a.example.com/')).toMatchObject({ kind: 'response' })
    time.nowAt += 1
    expect(await send('https://a.example.com/')).toMatchObject(DENIED)
  })

  it('a redirect to a name that leads inside is refused, and nothing is sent there (N-02)', async () => {
    await resolver.set({ 'a.example.com': [PUBLIC], 'b.example.com': [PRIVATE] })
    const away = () => new Response(null, { status: 307, headers: { location: 'https://b.example.com/' } })
    const { send, sent } = senderOf({ 'https://a.example.com/': away })
    expect(await send('https://a.example.com/', { method: 'POST', body: '{}' })).toMatchObject(DENIED)
    expect(sent).toEqual(['https://a.example.com/'])
  })
})

describe('what is asked', () => {
  it('is asked once while the answer holds, in both families, and in the format that worked', async () => {
    await resolver.set({ 'a.example.com': [PUBLIC], 'b.example.com': [PUBLIC] })
    await resolver.mode('wire')
    const { send } = senderOf()
    for (const url of ['https://a.example.com/1', 'https://A.example.com./2', 'https://b.example.com/3'])
      await send(url)
    const wire = (await resolver.questions()).filter(({ format }) => format === 'wire')
    expect(wire.map(({ name, type }) => `${name} ${type}`).sort()).toEqual([
      'a.example.com 1',
      'a.example.com 28',
      'b.example.com 1',
      'b.example.com 28',
    ])
    expect(await resolver.questions()).toHaveLength(6)
  })

  it('keeps no more than 1,000 names', async () => {
    let asked = 0
    const answer = () => Response.json({ Status: 0, Answer: [{ type: 1, TTL: 30, data: '93.184.216.34' }] })
    const resolve = createDohResolver({
      url: new URL('https://resolver.example/dns-query'),
      fetch: async () => (asked++, answer()),
      clock: () => 0,
    })
    const { signal } = new AbortController()
    for (let n = 0; n <= 1_000; n++) await resolve(`n${n}.example.com`, signal)
    asked = 0
    await resolve('n1000.example.com', signal)
    expect(asked).toBe(0)
    await resolve('n0.example.com', signal)
    expect(asked).toBe(2)
  })
})
