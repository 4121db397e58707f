import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Caller, caller } from '../support/server/caller'
import { deployNew } from '../support/server/deploy-new'
import { ended } from '../support/server/ended'
import { type Outside, sendJson, startOutside } from '../support/server/start-outside'
import { type RunningServer, startServer } from '../support/server/start-server'

let outside: Outside
let other: Outside
let server: RunningServer
let call: Caller

const BYTES = Buffer.from([0, 255, 128, 13, 10])
const TRACE = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'

beforeAll(async () => {
  other = await startOutside({ '/landed': (_request, response) => sendJson(response, { landed: true }) })
  outside = await startOutside({
    '/upload': (_request, response) => sendJson(response, { ok: true }),
    '/image': (_request, response) => void response.writeHead(200, { 'content-type': 'image/png' }).end(BYTES),
    '/list': ({ url }, response) => {
      const page = Number(url.searchParams.get('page') ?? 1)
      sendJson(response, { items: [page * 10, page * 10 + 1], next: page < 3 ? `/list?page=${page + 1}` : null })
    },
    '/busy': (_request, response, before) =>
      before.length === 0 ? sendJson(response, {}, 429, { 'retry-after': '2' }) : sendJson(response, { ok: true }),
    '/token': (_request, response, before) =>
      sendJson(response, { access_token: `granted-${before.length + 1}-token`, expires_in: 3_600 }),
    '/guarded': ({ headers }, response) =>
      sendJson(
        response,
        { saw: headers.authorization },
        headers.authorization === 'Bearer granted-1-token' ? 401 : 200,
      ),
    '/away': (_request, response) => void response.writeHead(307, { location: `${other.url}/landed` }).end(),
    '/echo': ({ headers }, response) => sendJson(response, { traceparent: headers['traceparent'] }),
  })
  server = await startServer({ MILLRACE_DEV_ALLOW_HOSTS: `${outside.host},${other.host}` })
  call = caller(server.url, server.apiKey)
})
afterAll(async () => {
  await server.discard()
  await Promise.all([outside.close(), other.close()])
})

/** Runs one request, and tells how its execution ended and what the stage shows in its trace. */
async function send(path: string, config: Record<string, unknown> = {}) {
  const stage = { id: 'send', component: 'http_request', config: { url: `${outside.url}${path}`, ...config } }
  const { workflowId } = await deployNew(call, { triggers: [{ type: 'manual' }], stages: [stage] })
  const started = await call('POST', '/v1/workflows/run', { workflowId, input: {} })
  const execution = await ended(call, started.body.executionId)
  const trace = await call('GET', `/v1/executions/${execution.executionId}/trace`)
  return { execution, stage: trace.body.stages[0], text: trace.text }
}

describe('requests over the wire', () => {
  test('a form with files and bytes arrives as others read it', async () => {
    const file = { filename: 'a.bin', content_type: 'application/x-thing', base64: BYTES.toString('base64') }
    await send('/upload', { method: 'POST', body_type: 'multipart', body: { title: 'é', file } })
    const [upload] = outside.to('/upload')
    const type = upload?.headers['content-type'] ?? ''
    const form = await new Response(new Uint8Array(upload?.body ?? []), {
      headers: { 'content-type': type },
    }).formData()
    expect(form.get('title')).toBe('é')
    expect(Buffer.from(await (form.get('file') as File).arrayBuffer())).toEqual(BYTES)
  })

  test('bytes come back as base64 with a mark', async () => {
    const { execution } = await send('/image')
    expect(execution.output).toMatchObject({
      body: BYTES.toString('base64'),
      body_encoding: 'base64',
      status_code: 200,
    })
  })

  test('pages are read to the end', async () => {
    const pagination = { next: '{{ output.body.next }}', items: '{{ output.body.items }}' }
    const { execution } = await send('/list', { pagination })
    expect(execution.output.body).toEqual({ items: [10, 11, 20, 21, 30, 31], pages: 3, complete: true })
  })

  test('a busy service is left alone for as long as it asks', async () => {
    const { execution, stage } = await send('/busy')
    expect(execution.status).toBe('completed')
    const [first, second] = stage.attempts
    expect(Date.parse(second.startedAt) - Date.parse(first.startedAt)).toBeGreaterThanOrEqual(2_000)
  })

  test('a token is fetched, refused, fetched anew, and never shown', async () => {
    const secrets = { CLIENT_SECRET: 'client-secret-0815' }
    await call('PUT', '/v1/environments/development/secrets', { secrets })
    const auth = {
      type: 'oauth2_client_credentials',
      token_url: `${outside.url}/token`,
      client_id: 'shop',
      client_secret: '{{ secrets.CLIENT_SECRET }}',
    }
    const { execution, text } = await send('/guarded', { auth })
    expect(execution.output).toMatchObject({ status_code: 200, body: { saw: 'Bearer [secret access_token]' } })
    expect(outside.to('/guarded').map(({ headers }) => headers.authorization)).toEqual([
      'Bearer granted-1-token',
      'Bearer granted-2-token',
    ])
    expect(text).not.toMatch(/granted-\d-token|client-secret-0815/)
  })

  test('a redirect to another server takes no credential along, and is not followed where it is not wanted', async () => {
    const headers = { 'X-Api-Key': '{{ execution.id }}', Accept: 'application/json' }
    const { execution } = await send('/away', { method: 'POST', body: { a: 1 }, headers })
    expect(execution.output.body).toEqual({ landed: true })
    const [landed] = other.to('/landed')
    expect(landed).toMatchObject({ method: 'POST', headers: { accept: 'application/json' } })
    expect(landed?.headers).not.toHaveProperty('x-api-key')
    expect(String(landed?.body)).toBe('{"a":1}')
    const kept = await send('/away', { follow_redirects: false })
    expect(kept.execution.output).toMatchObject({ status_code: 307, headers: { location: `${other.url}/landed` } })
  })

  test('the trace of whoever called the webhook goes on', async () => {
    const stages = [{ id: 'send', component: 'http_request', config: { url: `${outside.url}/echo` } }]
    const hooked = { triggers: [{ type: 'webhook', method: ['POST'], responseMode: 'lastNode' }], stages }
    const { hook } = await deployNew(call, hooked)
    const { body } = await call('POST', hook, {}, { traceparent: TRACE })
    expect(body.data.body.traceparent).toMatch(/^00-4bf92f3577b34da6a3ce929d0e0e4736-[0-9a-f]{16}-01$/)
    expect(body.data.body.traceparent).not.toContain('00f067aa0ba902b7')
  })
})
