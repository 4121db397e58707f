import { env } from 'cloudflare:workers'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { eventually } from '../../support/eventually'
import { componentTypes } from '#core/components/registry'
import { createClient, type Client } from '#core/contract/client'
import { compose } from '../../../worker/compose'
import type { Bindings } from '../../../worker/env'
import { isEnded, until } from '../api/deploy-document'
import { clientWith, newOrganization, ORIGIN } from '../api/support'
import { CANARY, canariesIn, everyEncoding } from './canary'
import { canaryCases, type CanaryCase } from './canary-documents'
import { bucketObjects, databaseRows, objectRows } from './storage-dump'

/** What the Worker printed, what it answered, and what reached the outside. */
const printed: string[] = []
const answered: string[] = []
const sent: string[] = []

/** A body that arrives in pieces, cut at every place there is. */
function byteByByte(text: string): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text)
  let at = 0
  return new ReadableStream({
    pull(controller) {
      if (at === bytes.length) return controller.close()
      controller.enqueue(bytes.slice(at, ++at))
    },
  })
}

/** The outside: it says whatever it was told in every encoding, and complains in the same way. */
async function outside(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const request = new Request(input, init)
  const { pathname, hostname } = new URL(request.url)
  const body = await request.text()
  sent.push(`${request.url}\n${JSON.stringify([...request.headers])}\n${body}`)
  const said = everyEncoding(CANARY)
  if (hostname === 'ai.example.com') {
    if (body.includes('"refuse"')) return Response.json({ error: { message: `No: ${said}` } }, { status: 400 })
    const message = { role: 'assistant', content: `${said} ${body}` }
    return Response.json({
      choices: [{ message, finish_reason: 'stop' }],
      usage: { prompt_tokens: 1, completion_tokens: 1 },
    })
  }
  if (pathname === '/throws') throw new TypeError(`Could not fetch ${request.url}: ${said}`)
  if (pathname === '/hangs')
    return new Promise((_, reject) =>
      request.signal.addEventListener('abort', () => reject(request.signal.reason as Error)),
    )
  const echo = {
    said,
    token: CANARY,
    url: request.url,
    headers: Object.fromEntries(request.headers),
    body,
    [CANARY]: 1,
  }
  if (pathname === '/split') return new Response(byteByByte(JSON.stringify(echo)))
  const padding = pathname === '/large' ? `${'x'.repeat(300_000)}${said}` : ''
  return Response.json(
    { ...echo, padding },
    { status: pathname === '/fails' ? 418 : 200, headers: { 'x-told': encodeURIComponent(CANARY) } },
  )
}

let client: Client
let call: (path: string, init?: RequestInit) => Promise<Response>

beforeAll(async () => {
  for (const level of ['log', 'info', 'warn', 'error', 'debug'] as const) {
    vi.spyOn(console, level).mockImplementation((...said: unknown[]) => void printed.push(said.map(String).join(' ')))
  }
  const { key } = await newOrganization()
  vi.stubGlobal('fetch', outside)
  const bindings = { ...env, AI_BASE_URL: 'https://ai.example.com/v1', AI_API_KEY: 'ai-key' } as unknown as Bindings
  const { app, door } = compose(bindings, (work) => void work.catch(() => undefined))
  call = async (path, init) => {
    const request = new Request(path.startsWith('/') ? ORIGIN + path : path, init)
    const response = await (new URL(request.url).pathname.startsWith('/webhook/') ? door(request) : app.fetch(request))
    answered.push(
      `${request.url} ${response.status} ${JSON.stringify([...response.headers])} ${await response.clone().text()}`,
    )
    return response
  }
  client = createClient({ fetch: (url, init) => call(url, init), baseUrl: ORIGIN, token: key })
  const put = await client.putSecrets({ params: { name: 'production' }, body: { secrets: { CANARY } } })
  if (!put.ok) throw new Error(JSON.stringify(put.problem))
  // Of a variable the answer says the value: not by the client whose answers are kept.
  const told = await clientWith(key).putVariables({
    params: { name: 'production' },
    body: { variables: { TOLD: CANARY } },
  })
  if (!told.ok) throw new Error(JSON.stringify(told.problem))
  const fails = {
    id: 'no',
    component: 'transform',
    config: { value: '{{ (input.fail ?? false) ? number(input.key) : 1 }}' },
  }
  await deploy({
    name: 'canary-child',
    stages: [{ id: 'keep', component: 'transform', config: { value: '{{ input }}' } }, fails],
  })
})

afterAll(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

async function deploy(definition: object): Promise<{ workflowId: string; webhook: string }> {
  const created = await client.createWorkflow({
    body: { definition: { triggers: [{ type: 'manual' }], ...definition } as never },
  })
  if (!created.ok) throw new Error(JSON.stringify(created.problem))
  const answer = await client.deployWorkflow({ body: { workflowId: created.body.id, environment: 'production' } })
  if (!answer.ok || !('deploymentId' in answer.body)) throw new Error(JSON.stringify(answer))
  const { webhookUrl } = answer.body
  return { workflowId: created.body.id, webhook: webhookUrl === null ? '' : new URL(webhookUrl).pathname }
}

const webhook = (responseMode: string) => ({
  type: 'webhook',
  method: ['POST'],
  authentication: { type: 'hmac', algorithm: 'sha256', header: 'X-Signature', secret: '{{ secrets.CANARY }}' },
  responseMode,
  timeout: 20_000,
})

async function signature(body: string): Promise<string> {
  const key = await crypto.subtle.importKey(
    'raw',
    new TextEncoder().encode(CANARY),
    { name: 'HMAC', hash: 'SHA-256' },
    false,
    ['sign'],
  )
  return Buffer.from(await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(body))).toString('hex')
}

/** Runs a document twice: by a call that waits, and by a webhook signed with the canary. */
async function drive(name: string, { stages, ends, more }: CanaryCase): Promise<readonly string[]> {
  const output = { leak: '{{ secrets.CANARY }}', all: '{{ to_json(stages) }}' }
  const { workflowId, webhook: path } = await deploy({
    name,
    triggers: [{ type: 'manual' }, webhook('lastNode')],
    stages,
    ...(ends === 'completed' && { output: { leak: output.leak } }),
    ...more,
  })
  const run = await client.runWorkflow({ body: { workflowId, input: {}, wait: true } })
  if (!run.ok) throw new Error(JSON.stringify(run.problem))
  const body = '{"n":1}'
  await call(path, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', 'x-signature': await signature(body) },
  })
  const listed = await eventually(async () => {
    const list = await client.listExecutions({ query: { workflowId } })
    if (!list.ok || list.body.items.length < 2) throw new Error('Not both are listed yet.')
    return list.body.items
  })
  const endings: string[] = []
  for (const { executionId: id } of listed) {
    const { status } = await until(client, id, isEnded)
    endings.push(status)
    await client.getTrace({ params: { id } })
  }
  return endings
}

test('every component has a canary, one that succeeds and one that fails', () => {
  expect(Object.keys(canaryCases).toSorted()).toEqual([...componentTypes()].toSorted())
  for (const [type, cases] of Object.entries(canaryCases)) {
    expect(new Set(cases.map(({ ends }) => ends)), type).toEqual(new Set(['completed', 'failed']))
    for (const { stages } of cases) expect(stages.map(({ component }) => component)).toContain(type)
  }
})

test('the search finds the canary in every encoding', () => {
  expect(canariesIn(everyEncoding(CANARY))).toHaveLength(everyEncoding(CANARY).split('> <').length)
})

describe('a secret with quotes, newlines and non-ASCII, driven through every component (S-01, S-02, S-09, T-15, S88)', () => {
  for (const [type, cases] of Object.entries(canaryCases)) {
    test.for(cases.map((entry, i) => [i, entry] as const))(`${type}: case %i ends as it should`, async ([i, entry]) => {
      expect(await drive(`canary-${type}-${i}`, entry)).toEqual([entry.ends, entry.ends])
    })
  }

  test('reaches whom it is for', () => {
    expect(sent.filter((text) => canariesIn(text).length > 0).length).toBeGreaterThan(5)
  })

  test('is in no answer, header or trace', async () => {
    await client.listDeadLetters({})
    await client.getSecrets({ params: { name: 'production' } })
    expect(answered.length).toBeGreaterThan(100)
    expectClean(answered)
  })

  test('is in no row of D1', async () => {
    const rows = await databaseRows()
    expect(rows.length).toBeGreaterThan(50)
    expectClean(rows)
  })

  test('is in no object of R2', async () => {
    const objects = await bucketObjects()
    expect(objects.filter((text) => text.includes('[secret CANARY]')).length).toBeGreaterThan(0)
    expectClean(objects)
  })

  test('is in no row of a Durable Object', async () => {
    const rows = await objectRows()
    expect(rows.filter((text) => text.includes('[secret CANARY]')).length).toBeGreaterThan(20)
    expectClean(rows)
  })

  test('is in no line that was printed (T-27)', () => {
    expectClean(printed)
  })
})

/** Where the canary is found, with a little of what stands around it. */
function expectClean(texts: readonly string[]): void {
  const found = texts.flatMap((text) => canariesIn(text).map((encoding) => `${encoding} in ${text.slice(0, 300)}`))
  expect(found).toEqual([])
}
