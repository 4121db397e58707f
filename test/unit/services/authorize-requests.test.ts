import { describe, expect, it } from 'vitest'
import type { HttpAnswer, HttpRequest, OAuthClient } from '#core/components/context'
import { createHttpSender } from '../../../worker/adapters/net/http-sender'
import type { HttpSender } from '../../../worker/ports/http-sender'
import { authorizeRequests } from '../../../worker/services/runner/authorize-requests'
import { createTokenCache, type TokenCache } from '../../../worker/services/runner/token-cache'

const TOKEN_URL = 'https://login.test/token'
const CLIENT: OAuthClient = { tokenUrl: TOKEN_URL, clientId: 'me', clientSecret: 's3cret&more', sentIn: 'header' }

const response = (status: number, body: unknown, headers = {}): HttpAnswer => ({
  kind: 'response',
  status,
  headers,
  text: typeof body === 'string' ? body : JSON.stringify(body),
  durationMs: 100,
})
const request = (changes: Partial<HttpRequest> = {}): HttpRequest => ({
  url: 'https://api.test/x',
  method: 'GET',
  headers: {},
  body: null,
  timeoutMs: 5_000,
  oauth: CLIENT,
  ...changes,
})

type Answer = (request: HttpRequest) => HttpAnswer | Promise<HttpAnswer>

/** A sender on a network of two: whoever issues tokens, and the API that wants them. */
function authorized(answers: { token?: Answer; api?: Answer } = {}, tokens: TokenCache = createTokenCache()) {
  const sent: HttpRequest[] = []
  const time = { now: 0 }
  let issued = 0
  const network: HttpSender = async (asked) => {
    sent.push(asked)
    time.now += 100
    const issue = () =>
      response(200, { access_token: `token-${++issued}-value`, token_type: 'Bearer', expires_in: 3_600 })
    return asked.url === TOKEN_URL
      ? (answers.token ?? issue)(asked)
      : (answers.api ?? (() => response(200, 'ok')))(asked)
  }
  const sleep = () => new Promise<void>(() => undefined)
  const as = (organizationId: string) =>
    authorizeRequests(network, { tokens, organizationId, clock: () => time.now, sleep })
  const toTokens = () => sent.filter(({ url }) => url === TOKEN_URL)
  const carried = () => sent.filter(({ url }) => url !== TOKEN_URL).map(({ headers }) => headers['Authorization'])
  return { send: as('org_a'), as, sent, time, toTokens, carried }
}

describe('a request with client credentials', () => {
  it('asks for a token as RFC 6749 says, and carries it', async () => {
    const { send, sent } = authorized()
    await send(request({ oauth: { ...CLIENT, scope: 'read write', audience: 'api' } }))
    expect(sent[0]).toMatchObject({
      url: TOKEN_URL,
      method: 'POST',
      body: 'grant_type=client_credentials&scope=read%20write&audience=api',
      headers: {
        'Content-Type': 'application/x-www-form-urlencoded',
        Authorization: `Basic ${btoa('me:s3cret%26more')}`,
      },
      followRedirects: false,
    })
    expect(sent[1]).toMatchObject({ url: 'https://api.test/x', headers: { Authorization: 'Bearer token-1-value' } })
    expect(sent[1]).not.toHaveProperty('oauth')
  })

  it('shows its credentials in the form where the issuer wants them there', async () => {
    const { send, sent } = authorized()
    await send(request({ oauth: { ...CLIENT, sentIn: 'body' } }))
    expect(sent[0]?.body).toBe('grant_type=client_credentials&client_id=me&client_secret=s3cret%26more')
    expect(sent[0]?.headers).not.toHaveProperty('Authorization')
  })

  it('uses a token until shortly before it expires', async () => {
    const { send, time, carried } = authorized()
    await send(request())
    time.now = 3_500_000
    await send(request())
    time.now = 3_545_000
    await send(request())
    expect(carried()).toEqual(['Bearer token-1-value', 'Bearer token-1-value', 'Bearer token-2-value'])
  })

  it('asks once for all who need a token at the same time (F-26)', async () => {
    const { send, toTokens, carried } = authorized()
    await Promise.all([1, 2, 3, 4].map(() => send(request())))
    expect(toTokens()).toHaveLength(1)
    expect(new Set(carried())).toEqual(new Set(['Bearer token-1-value']))
  })

  it('does not wait for ever for someone who asked and is gone', async () => {
    const tokens = createTokenCache()
    const { send, time, carried } = authorized({}, tokens)
    const never = authorized({ token: () => new Promise<HttpAnswer>(() => undefined) }, tokens)
    void never.send(request())
    time.now = 20_000
    await send(request())
    expect(carried()).toEqual(['Bearer token-1-value'])
  })

  it('never gets the token of another organization, client, secret or scope (I10, F-30)', async () => {
    const { as, toTokens } = authorized()
    const clients = [{}, { clientId: 'you' }, { clientSecret: 'other' }, { scope: 'all' }]
    for (const change of clients) await as('org_a')(request({ oauth: { ...CLIENT, ...change } }))
    await as('org_b')(request())
    expect(toTokens()).toHaveLength(clients.length + 1)
  })

  it('gets one new token when the first is refused, and no third', async () => {
    const { send, carried } = authorized({
      api: ({ headers }) => response(headers['Authorization'] === 'Bearer token-1-value' ? 401 : 200, 'x'),
    })
    expect(await send(request())).toMatchObject({ status: 200 })
    expect(carried()).toEqual(['Bearer token-1-value', 'Bearer token-2-value'])
    const refused = authorized({ api: () => response(401, 'no') })
    expect(await refused.send(request())).toMatchObject({ kind: 'response', status: 401 })
    expect(refused.carried()).toHaveLength(2)
  })

  it('counts the time for the token as its own', async () => {
    const { send, sent } = authorized()
    expect(await send(request())).toMatchObject({ durationMs: 200 })
    expect(sent[1]?.timeoutMs).toBe(4_900)
    const slow = authorized()
    expect(await slow.send(request({ timeoutMs: 100 }))).toMatchObject({
      failure: { code: 'http_timeout' },
      retryable: true,
    })
    expect(slow.carried()).toEqual([])
  })

  it('never shows its token in an answer, in whatever encoding', async () => {
    const { send } = authorized({
      api: ({ headers }) =>
        response(
          200,
          { sent: headers, b64: btoa(headers['Authorization'] ?? '') },
          { echo: headers['Authorization'] ?? '' },
        ),
    })
    const shown = JSON.stringify(await send(request()))
    expect(shown).toContain('[secret access_token]')
    expect(shown).not.toContain('token-1-value')
    expect(shown).not.toContain(btoa('Bearer token-1-value').slice(10, -4))
  })

  it.for([
    [response(401, { error: 'invalid_client', error_description: 's3cret&more' }), false],
    [response(503, 'down'), true],
    [response(429, ''), true],
    [response(200, { access_token: 't', token_type: 'mac' }), false],
    [response(200, 'not json'), false],
    [response(302, ''), false],
  ] as const)('that is refused a token with %o is not sent', async ([answer, retryable]) => {
    const { send, carried } = authorized({ token: () => answer })
    const refused = await send(request())
    expect(refused).toMatchObject({ kind: 'failed', failure: { code: 'oauth_token_refused' }, retryable })
    expect(JSON.stringify(refused)).not.toContain('s3cret')
    expect(carried()).toEqual([])
  })

  it('passes on why the issuer could not be reached', async () => {
    const failure = { code: 'egress_denied', message: 'No.' }
    const { send } = authorized({ token: () => ({ kind: 'failed', failure, durationMs: 1, retryable: false }) })
    expect(await send(request())).toMatchObject({ kind: 'failed', failure, retryable: false })
  })

  it('asks no issuer that no stage may call (N-04)', async () => {
    const policy = { ownHosts: new Set<string>(), allowHosts: new Set<string>(), hostMap: new Map<string, URL>() }
    const sent: string[] = []
    const fetch = async (url: URL) => {
      sent.push(url.href)
      return new Response('{}')
    }
    const egress = createHttpSender({ policy, clock: () => 0, fetch })
    const deps = { tokens: createTokenCache(), organizationId: 'org_a', clock: () => 0, sleep: async () => undefined }
    for (const tokenUrl of [
      'http://127.0.0.1/token',
      'http://169.254.169.254/',
      'https://intranet.local/',
      'file:///etc/passwd',
    ]) {
      const answer = await authorizeRequests(egress, deps)(request({ oauth: { ...CLIENT, tokenUrl } }))
      expect(answer).toMatchObject({ kind: 'failed', failure: { code: 'egress_denied' }, retryable: false })
    }
    expect(sent).toEqual([])
  })

  it('leaves requests without alone', async () => {
    const { as, sent } = authorized()
    const { oauth: _, ...plain } = request()
    await as('org_a')(plain)
    expect(sent).toEqual([plain])
  })
})
