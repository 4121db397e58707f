import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DENIED_FORMS } from '../support/egress-forms'
import { type Caller, caller } from '../support/server/caller'
import { deployNew } from '../support/server/deploy-new'
import { ended } from '../support/server/ended'
import { type Outside, sendJson, startOutside } from '../support/server/start-outside'
import { type Resolver, startResolver } from '../support/server/start-resolver'
import { type RunningServer, startServer } from '../support/server/start-server'
import { startZoo, type Zoo } from '../support/server/start-zoo'

/** What this server answers under is known to itself only when it has a public name; the table calls it this. */
const OWN = 'https://millrace.example.com'
const TOKEN = { token: 'Bearer not-a-real-one' }
/** Requests one run of a code stage may send. */
const FETCHES_MAX = 100

let server: RunningServer
let call: Caller
let resolver: Resolver
let zoo: Zoo
let outside: Outside

beforeAll(async () => {
  resolver = await startResolver()
  zoo = await startZoo()
  outside = await startOutside({
    '/page': ({ url }, response) => sendJson(response, { next: url.searchParams.get('next') }),
  })
  server = await startServer({
    EGRESS_DOH_URL: resolver.url,
    MILLRACE_DEV_ALLOW_HOSTS: `${zoo.host},${outside.host}`,
    MILLRACE_DEV_HOST_MAP: `zoo.example.com=${zoo.url}`,
    HOOKS_URL: OWN,
  })
  call = caller(server.url, server.apiKey)
  await call('PUT', '/v1/environments/development/variables', { variables: { client_secret: 'not-a-real-one' } })
})
afterAll(async () => {
  await server.discard()
  await Promise.all([resolver.end(), zoo.end(), outside.close()])
})

/** Runs stages with an input to the end. */
async function run(stages: readonly object[], input: object = {}) {
  const { workflowId } = await deployNew(call, { triggers: [{ type: 'manual' }], stages })
  const started = await call('POST', '/v1/workflows/run', { workflowId, input })
  return ended(call, started.body.executionId)
}

/** What became of a request with this config, once for each form. */
async function codesOf(config: object): Promise<string[]> {
  const each = {
    id: 'each',
    component: 'foreach',
    config: { items: '{{ input.forms }}', do: ['send'], on_error: 'collect', max_concurrency: 50 },
  }
  const send = { id: 'send', component: 'http_request', config: { retry: { max_attempts: 1 }, ...config } }
  const { output, error } = await run([each, send], { forms: DENIED_FORMS })
  expect(error).toBeNull()
  return (output.errors as { code: string }[]).map(({ code }) => code)
}

const once = (url: string, config: object = {}) => [
  { id: 'send', component: 'http_request', config: { url, retry: { max_attempts: 1 }, ...config } },
]
const refusedAs = (codes: readonly string[], allowed: readonly string[]) =>
  codes.filter((code) => !allowed.includes(code))

describe('no surface calls an address that means a private one (N-04, N-06)', () => {
  test('the url of http_request (N-04)', async () => {
    const codes = await codesOf({ url: '{{ item }}' })
    expect(codes).toHaveLength(DENIED_FORMS.length)
    expect(refusedAs(codes, ['egress_denied', 'url_invalid'])).toEqual([])
  })

  test('the next page of a pagination (N-04)', async () => {
    const url = `${outside.url}/page?next={{ url_encode(item) }}`
    const codes = await codesOf({ url, pagination: { next: '{{ output.body.next }}', max_pages: 2 } })
    expect(refusedAs(codes, ['egress_denied', 'pagination_left_host', 'pagination_invalid'])).toEqual([])
  })

  test('the token url of OAuth client credentials (N-04)', async () => {
    const auth = {
      type: 'oauth2_client_credentials',
      token_url: '{{ item }}',
      client_id: 'a',
      client_secret: '{{ vars.client_secret }}',
    }
    const codes = await codesOf({ url: `${outside.url}/page`, auth })
    expect(codes).toHaveLength(DENIED_FORMS.length)
    expect(outside.to('/page').filter(({ headers }) => headers.authorization !== undefined)).toEqual([])
  })

  test('the fetch of code (N-04)', async () => {
    const source = `
      const codes = []
      for (const url of inputs.forms) codes.push(await fetch(url).then((r) => 'reached ' + r.status, () => 'refused'))
      return codes`
    for (let from = 0; from < DENIED_FORMS.length; from += FETCHES_MAX) {
      const forms = DENIED_FORMS.slice(from, from + FETCHES_MAX)
      const { output } = await run(
        [{ id: 'code', component: 'code', config: { source, inputs: { forms: '{{ input.forms }}' } } }],
        { forms },
      )
      expect(output).toEqual(forms.map(() => 'refused'))
    }
  })
})

describe('led astray (N-02, T-16)', () => {
  test.for([
    ['loopback', 'http://127.0.0.1/'],
    ['metadata', '//169.254.169.254/latest/meta-data'],
    ['a file', 'file:///etc/passwd'],
    ['plain http', 'http://b.example.com/'],
    ['this service', `${OWN}/v1/keys`],
    ['a name that leads inside', 'https://inside.example.com/'],
  ] as const)('a redirect to %s ends the request (N-02)', async ([, location]) => {
    await resolver.set({ 'inside.example.com': [{ A: ['10.0.0.7'] }], 'b.example.com': [{ A: ['93.184.216.34'] }] })
    const url = `https://zoo.example.com/to?location=${encodeURIComponent(location)}`
    const { error } = await run(once(url, { headers: { authorization: '{{ input.token }}' } }), TOKEN)
    expect(error).toMatchObject({ code: 'egress_denied' })
    expect(JSON.stringify(error)).not.toMatch(/169\.254|10\.0\.0\.7|etc\/passwd/)
  })

  test.for([
    ['five hops', '/hops?left=5', null],
    ['six hops', '/hops?left=6', 'http_too_many_redirects'],
    ['a circle', '/loop', 'http_too_many_redirects'],
  ] as const)('%s (N-02)', async ([, path, code]) => {
    const { error } = await run(once(`https://zoo.example.com${path}`))
    expect(error?.code ?? null).toBe(code)
  })

  test('another origin is not shown what was meant for the first (N-02)', async () => {
    await zoo.reset()
    const url = `http://zoo.example.com/to?location=${encodeURIComponent(`${outside.url}/page`)}`
    await run(once(url, { headers: { authorization: '{{ input.token }}' } }), TOKEN)
    const [first] = await zoo.arrivals()
    expect(first?.headers).toMatchObject({ authorization: TOKEN.token })
    const second = outside.to('/page').at(-1)
    expect(second?.headers).not.toHaveProperty('authorization')
  })

  test('a 307 takes its body along to a place that may be called, and nowhere else (N-02)', async () => {
    const to = (location: string) =>
      once(`https://zoo.example.com/to?status=307&location=${encodeURIComponent(location)}`, {
        method: 'POST',
        body: { card: 'taken-along' },
      })
    expect((await run(to('/bait'))).error).toBeNull()
    expect((await run(to('http://127.0.0.1:1/bait'))).error).toMatchObject({ code: 'egress_denied' })
  })
})

describe('names on the running server (N-03, T-16)', () => {
  test.for([
    ['inside', 'a private address', { A: ['192.168.1.1'] }, 'egress_denied'],
    ['both', 'one private address of two', { A: ['93.184.216.34', '127.0.0.1'] }, 'egress_denied'],
    ['six', 'a private address of version 6', { AAAA: ['fd00::1'] }, 'egress_denied'],
    ['none', 'no address', {}, 'http_name_unresolved'],
  ] as const)('%s: %s (N-03)', async ([name, , entry, code]) => {
    await resolver.set({ [`${name}.example.org`]: [entry] })
    expect((await run(once(`https://${name}.example.org/`))).error).toMatchObject({ code })
  })

  test('code meets the same judge (N-03)', async () => {
    await resolver.set({ 'code.example.com': [{ A: ['10.1.1.1'] }] })
    const source = `return fetch('https://code.example.com/').then(() => 'reached', (e) => e.message)`
    const { output } = await run([{ id: 'code', component: 'code', config: { source } }])
    expect(output).toBe('This host name leads to a private network.')
  })

  test('an answer that inflates to more than 10 MiB is cut off (R-09, T-31)', async () => {
    const { error } = await run(once(`https://zoo.example.com/bomb?inflate=${100 * 1024 * 1024}`))
    expect(error).toMatchObject({ code: 'response_too_large' })
  })
})
