import { createMessageBatch } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, test } from 'vitest'
import { API } from '#core/contract/api'
import type { Operation } from '#core/contract/operation'
import worker from '../../../worker/index'
import { clientWith, send } from '../api/support'
import { tells } from './judge'
import { callOf, newStranger, type Stranger } from './stranger'
import { newVictim, type Victim } from './victim'

let victim: Victim
let stranger: Stranger
let before: readonly string[]

beforeAll(async () => {
  victim = await newVictim()
  stranger = await newStranger()
  before = await victim.snapshot()
})

async function changed(): Promise<readonly string[]> {
  const after = await victim.snapshot()
  return [...after.filter((line) => !before.includes(line)), ...before.filter((line) => !after.includes(line))]
}

/** Ends, beginnings and spellings that made other products forget to ask who is calling. */
const SPELLINGS: readonly ((path: string) => string)[] = [
  ...[
    '/health',
    '/ready',
    '/configs',
    ';/health',
    '%2fhealth',
    '//',
    '/',
    '/..;/',
    '?x=/health',
    '.json',
    '%00',
    '/%2e',
  ]
    .concat([';x', '%252fhealth', '/docs', '/v1/openapi.json', '/%2e%2e/health', '#/health'])
    .map((end) => (path: string) => path + end),
  (path) => path.toUpperCase(),
  (path) => path.replaceAll('/', '//'),
  (path) => `/health/..;${path}`,
  (path) => `/health/%2e%2e${path}`,
  (path) => `/webhook/..%2f${path}`,
  (path) => path.replace('/v1', '/v1/.'),
  (path) => path.replace('/v1', '/V1'),
]
const PUBLIC = ['/health', '/docs', '/docs/errors', '/v1/openapi.json']

const guarded = Object.entries<Operation>(API).filter(([, { scope }]) => scope !== 'public')

describe('a path that looks like one that needs no credentials (T-25, A-20)', () => {
  test.each(guarded)('%s asks for them however it is spelt, and tells a stranger nothing', async (_, operation) => {
    const call = callOf(operation, theirs(), { part: 'query', path: [] }, '')
    for (const spell of SPELLINGS) {
      const path = spell(call.path.split('?')[0] ?? '')
      const isPublic = PUBLIC.includes(new URL(path, 'http://x').pathname)
      const anybody = { 'content-type': 'application/json' }
      for (const headers of [anybody, { ...anybody, authorization: `Bearer ${stranger.key}` }]) {
        const body = call.body === undefined ? {} : { body: JSON.stringify(call.body) }
        const answer = await send(path, { method: operation.method, headers, ...body })
        const text = await answer.text()
        expect(tells(text, victim.words, path), `${path}: ${text}`).toBe(false)
        if (isPublic || 'authorization' in headers) expect(answer.status, path).toBeLessThan(500)
        else expect([400, 401, 404, 405], path).toContain(answer.status)
      }
    }
    expect(await changed()).toEqual([])
  })

  /** The victim's things, where a call names things. */
  function theirs(): Readonly<Record<string, unknown>> {
    const { workflowId, deploymentId, waiting } = victim
    return { ...stranger.own, workflowId, workflows: workflowId, deployments: deploymentId, executions: waiting }
  }
})

describe('the doors without credentials (A-20, W-24)', () => {
  test('no address but the right one leads to a webhook or a signal of theirs', async () => {
    for (const path of [victim.webhookPath, victim.signalPath]) {
      const token = path.split('/').at(-1) ?? ''
      const wrong = Array.from({ length: token.length }, (_, i) => {
        const other = token[i] === '0' ? '1' : '0'
        return path.slice(0, path.length - token.length) + token.slice(0, i) + other + token.slice(i + 1)
      })
      const spelt = ['/health', '/', ';x', '%00', '//'].map((end) => path + end)
      for (const address of [...wrong, ...spelt, path.toUpperCase(), `/${path}`, path.slice(0, -1)]) {
        const answer = await send(address, {
          method: 'POST',
          body: '{}',
          headers: { 'content-type': 'application/json' },
        })
        expect([400, 404, 405], `${address}: ${answer.status}`).toContain(answer.status)
        expect(tells(await answer.text(), victim.words, address)).toBe(false)
      }
    }
    expect(await changed()).toEqual([])
  })

  test('credentials of a stranger open no door that the address does not', async () => {
    const headers = { authorization: `Bearer ${stranger.key}`, 'x-organization-id': victim.organizationId }
    const path = victim.signalPath.replace('/signal/', '/signal/x')
    expect((await send(path, { method: 'POST', headers })).status).toBe(404)
    expect(await changed()).toEqual([])
  })
})

describe('a message of the queue that names another shard (A-20, F-30)', () => {
  /** Delivers messages to the worker as the queue would. */
  function deliver(queue: string, bodies: readonly unknown[]) {
    const messages = bodies.map((body, i) => ({ id: `m${i}`, timestamp: new Date(), attempts: 1, body }))
    return worker.queue(createMessageBatch(queue, messages))
  }

  test('starts nothing of theirs, opens nothing that is not there, and gives nobody else anything', async () => {
    const ref = `g${'0'.repeat(12)}`
    await deliver('executions-0', [
      { v: 1, ref: victim.ref, shard: 0 },
      { v: 1, ref: victim.ref, shard: 0, organizationId: 'org_stranger', executionId: victim.waiting },
      { v: 1, ref: victim.ref, shard: 63 },
      { v: 1, ref, shard: 0 },
      { v: 2, ref: victim.ref, shard: 0 },
      { v: 1, ref: `${victim.ref}:0`, shard: 0 },
      victim.waiting,
    ])
    expect(await changed()).toEqual([])
    expect(
      await (env.SHARDS.getByName(`dep:${ref}:0`) as unknown as { config(): Promise<unknown> }).config(),
    ).toBeNull()
  })

  test('once given up, is told to whose shard it is, whatever else it says', async () => {
    await deliver('executions-dead', [{ v: 1, ref: victim.ref, shard: 0, organizationId: 'org_stranger' }])
    expect(await clientWith(stranger.key).listDeadLetters({})).toMatchObject({ ok: true, body: { items: [] } })
    const added = (await changed()).filter((line) => line.startsWith('dead_letters'))
    expect(added).toHaveLength(1)
    expect(added[0]).toContain(victim.organizationId)
  })
})
