import { describe, expect, it } from 'vitest'
import type { HttpRequest } from '#core/components/context'
import type { Fetch } from '../../../worker/adapters/net/follow'
import { createHttpSender } from '../../../worker/adapters/net/http-sender'

type Sent = {
  readonly url: string
  readonly method: string
  readonly headers: Record<string, string>
  readonly body: unknown
}

/** A network of canned answers: each URL answers its response, everything else refuses the connection. */
function networkOf(answers: Record<string, () => Response>) {
  const sent: Sent[] = []
  const fetch: Fetch = async (url, init) => {
    expect(init.redirect).toBe('manual')
    const headers = Object.fromEntries(new Headers(init.headers))
    sent.push({ url: url.href, method: init.method ?? '', headers, body: init.body })
    const answer = answers[url.href]
    if (answer === undefined) throw new TypeError('connect ECONNREFUSED 10.1.2.3:443')
    return answer()
  }
  return { fetch, sent }
}

const redirect =
  (location: string, status = 302) =>
  () =>
    new Response(null, { status, headers: { location } })
const request = (changes: Partial<HttpRequest> = {}): HttpRequest => ({
  url: 'https://a.example.com/',
  method: 'GET',
  headers: {},
  body: null,
  timeoutMs: 5_000,
  ...changes,
})

function senderOf(answers: Record<string, () => Response>, hostMap = new Map<string, URL>()) {
  const { fetch, sent } = networkOf(answers)
  let at = 0
  const policy = { ownHosts: new Set(['millrace.example.com']), allowHosts: new Set<string>(), hostMap }
  const send = createHttpSender({ policy, clock: () => (at += 7), fetch, responseBytesMax: 1_000 })
  return { send, sent }
}

describe('a request', () => {
  it('is sent as asked and answered with status, headers, text and duration', async () => {
    const answer = () => new Response('{"ok":true}', { status: 201, headers: { 'X-Id': '1' } })
    const { send, sent } = senderOf({ 'https://a.example.com/': answer })
    const headers = { 'Content-Type': 'application/json', Authorization: 'Bearer t' }
    expect(await send(request({ method: 'post', headers, body: '{}' }))).toMatchObject({
      kind: 'response',
      status: 201,
      headers: { 'x-id': '1' },
      text: '{"ok":true}',
      durationMs: 7,
    })
    expect(sent).toEqual([
      {
        url: 'https://a.example.com/',
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: 'Bearer t', 'user-agent': 'Millrace' },
        body: '{}',
      },
    ])
  })

  it('is answered with every cookie that was set, each on a line of its own', async () => {
    const cookies = ['a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT; Path=/', 'b=2; HttpOnly']
    const headers = new Headers([...cookies.map((cookie): [string, string] => ['set-cookie', cookie]), ['vary', 'a']])
    headers.append('vary', 'b')
    const { send } = senderOf({ 'https://a.example.com/': () => new Response('', { headers }) })
    expect(await send(request())).toMatchObject({ headers: { 'set-cookie': cookies.join('\n'), vary: 'a, b' } })
  })

  it('may carry bytes, and its answer too is base64 when it is no text', async () => {
    const answer = () => new Response(new Uint8Array([255, 0]), { headers: { 'content-type': 'image/png' } })
    const { send, sent } = senderOf({ 'https://a.example.com/': answer })
    const body = new Uint8Array([0, 255])
    expect(await send(request({ method: 'PUT', body }))).toMatchObject({ text: '/wA=', binary: true })
    expect(sent[0]!.body).toEqual(body)
  })

  it('cannot set what belongs to the connection or the platform', async () => {
    const { send, sent } = senderOf({ 'https://a.example.com/': () => new Response('') })
    const headers = {
      Host: 'b',
      Connection: 'x',
      'Transfer-Encoding': 'chunked',
      'Content-Length': '9',
      'X-Forwarded-For': '1',
      'X-Forwarded-Host': 'h',
      'CF-Connecting-IP': '1',
      'cf-worker': 'x',
      Upgrade: 'x',
      TE: 'x',
      'Proxy-Authorization': 'x',
      'User-Agent': 'mine',
    }
    await send(request({ headers }))
    expect(sent[0]!.headers).toEqual({ 'user-agent': 'mine' })
  })

  it.for([
    [{ method: 'TRACE' }, 'http_request_invalid'],
    [{ method: 'CONNECT' }, 'http_request_invalid'],
    [{ method: 'GE T' }, 'http_request_invalid'],
    [{ headers: { 'x-a': 'a\r\nx-b: c' } }, 'http_request_invalid'],
    [{ headers: { 'x a': 'b' } }, 'http_request_invalid'],
    [{ url: 'nowhere' }, 'egress_denied'],
    [{ url: 'http://127.0.0.1/' }, 'egress_denied'],
    [{ url: 'https://millrace.example.com/webhook/x' }, 'egress_denied'],
  ] as const)('%o is refused as %s, is not tried again, and nothing is sent', async ([changes, code]) => {
    const { send, sent } = senderOf({})
    expect(await send(request(changes))).toMatchObject({ kind: 'failed', failure: { code }, retryable: false })
    expect(sent).toEqual([])
  })

  it('that cannot connect says so without the address it was resolved to', async () => {
    const { send } = senderOf({})
    const answer = await send(request({ url: 'https://a.example.com/?api_key=hunter2' }))
    expect(answer).toMatchObject({ kind: 'failed', failure: { code: 'http_connection_failed' }, retryable: true })
    expect(JSON.stringify(answer)).not.toMatch(/10\.1\.2\.3|ECONN|hunter2/)
  })
})

describe('redirects (N-02)', () => {
  it.for([
    ['a loopback address', redirect('http://127.0.0.1/')],
    ['a metadata address without a scheme', redirect('//169.254.169.254/latest')],
    ['a file', redirect('file:///etc/passwd')],
    ['plain http', redirect('http://b.example.com/')],
    ['ourselves', redirect('https://millrace.example.com/v1/keys')],
    ['nonsense', redirect('http://[')],
  ] as const)('to %s are refused', async ([, answer]) => {
    const { send, sent } = senderOf({ 'https://a.example.com/': answer })
    const result = await send(request())
    expect(result).toMatchObject({ kind: 'failed', failure: { code: 'egress_denied' } })
    expect(sent).toHaveLength(1)
    expect(JSON.stringify(result)).not.toContain('169.254')
  })

  it('through a public host to a private one are refused', async () => {
    const { send, sent } = senderOf({
      'https://a.example.com/': redirect('https://b.example.com/'),
      'https://b.example.com/': redirect('https://10.0.0.1/'),
    })
    expect(await send(request())).toMatchObject({ failure: { code: 'egress_denied' } })
    expect(sent).toHaveLength(2)
  })

  it.for([
    [5, 'response'],
    [6, 'failed'],
  ] as const)('%i in a row end as a %s', async ([hops, kind]) => {
    const answers = Object.fromEntries(
      Array.from({ length: hops }, (_, hop) => [
        `https://a.example.com/${hop === 0 ? '' : hop}`,
        redirect(`/${hop + 1}`),
      ]),
    )
    const { send } = senderOf({ ...answers, [`https://a.example.com/${hops}`]: () => new Response('end') })
    const answer = await send(request())
    expect(answer.kind).toBe(kind)
    if (answer.kind === 'failed') expect(answer.failure.code).toBe('http_too_many_redirects')
  })

  it('in a circle end', async () => {
    const { send, sent } = senderOf({ 'https://a.example.com/': redirect('/') })
    const hint = expect.stringContaining('follow_redirects')
    expect(await send(request())).toMatchObject({ failure: { code: 'http_too_many_redirects', hint } })
    expect(sent).toHaveLength(6)
  })

  it('to another origin lose every header that could hold a credential', async () => {
    const { send, sent } = senderOf({
      'https://a.example.com/': redirect('https://b.example.com/'),
      'https://b.example.com/': () => new Response(''),
    })
    await send(request({ headers: { Authorization: 's', Cookie: 's', 'X-Api-Key': 's', Accept: 'text/plain' } }))
    expect(sent[1]!.headers).toEqual({ accept: 'text/plain', 'user-agent': 'Millrace' })
  })

  it('to another port are another origin; within the origin headers stay', async () => {
    const { send, sent } = senderOf({
      'https://a.example.com/': redirect('/next'),
      'https://a.example.com/next': redirect('https://a.example.com:8443/'),
      'https://a.example.com:8443/': () => new Response(''),
    })
    await send(request({ headers: { Authorization: 's' } }))
    expect(sent.map(({ headers }) => headers['authorization'])).toEqual(['s', 's', undefined])
  })

  it.for([
    [301, 'POST', 'GET', null],
    [302, 'POST', 'GET', null],
    [303, 'POST', 'GET', null],
    [307, 'POST', 'POST', '{}'],
    [308, 'POST', 'POST', '{}'],
    [301, 'PUT', 'PUT', '{}'],
    [302, 'PATCH', 'PATCH', '{}'],
    [303, 'PUT', 'GET', null],
  ] as const)(
    'with status %i turn a %s into a %s, as the Fetch standard says',
    async ([status, asked, method, body]) => {
      const { send, sent } = senderOf({
        'https://a.example.com/': redirect('/next', status),
        'https://a.example.com/next': () => new Response(''),
      })
      await send(request({ method: asked, body: '{}', headers: { 'content-type': 'application/json' } }))
      expect(sent[1]).toMatchObject({ method, body })
      expect('content-type' in sent[1]!.headers).toBe(body !== null)
    },
  )

  it('are ordinary answers to whoever does not want to be led on', async () => {
    const { send, sent } = senderOf({ 'https://a.example.com/': redirect('https://b.example.com/') })
    const answer = await send(request({ followRedirects: false }))
    expect(answer).toMatchObject({ kind: 'response', status: 302, headers: { location: 'https://b.example.com/' } })
    expect(sent).toHaveLength(1)
  })

  it('without a location are ordinary answers', async () => {
    const { send } = senderOf({ 'https://a.example.com/': () => new Response(null, { status: 304 }) })
    expect(await send(request())).toMatchObject({ kind: 'response', status: 304, text: '' })
  })
})

describe('a name that has a stand-in', () => {
  it('is sent there with its own name, and redirects are read as the real host would mean them', async () => {
    const { send, sent } = senderOf(
      {
        'http://127.0.0.1:9001/a?x=1': redirect('/b'),
        'http://127.0.0.1:9001/b': redirect('https://b.example.com/'),
        'https://b.example.com/': () => new Response('done'),
      },
      new Map([['api.github.com', new URL('http://127.0.0.1:9001')]]),
    )
    const answer = await send(request({ url: 'https://api.github.com/a?x=1', headers: { authorization: 's' } }))
    expect(answer).toMatchObject({ kind: 'response', text: 'done' })
    expect(sent.map(({ headers }) => [headers['x-forwarded-host'], headers['authorization']])).toEqual([
      ['api.github.com', 's'],
      ['api.github.com', 's'],
      [undefined, undefined],
    ])
  })
})
