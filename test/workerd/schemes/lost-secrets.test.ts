import { createHmac } from 'node:crypto'
import { env } from 'cloudflare:workers'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createClient } from '#core/contract/client'
import { formatWebhookToken } from '#core/release/webhook-token'
import { createMac } from '../../../worker/adapters/crypto/hmac'
import { clientWith, newOrganization, ORIGIN, send } from '../api/support'
import { type Failure, workerThatFails } from './worker-that-fails'

const SECRET = 'the secret of this webhook'
const NEXT = 'the next secret of this webhook'
const BODY = '{"n":1}'
const mac = createMac(env.SESSION_KEY, 'webhook')

let key = ''
let drafts = 0

beforeAll(async () => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
  key = (await newOrganization()).key
})

afterAll(() => {
  vi.restoreAllMocks()
})

/** A GitHub webhook as a draft, with a secret of its own, and the steps that make it live. */
async function drafted() {
  const name = `HOOK_${drafts++}`
  const authentication = { type: 'github', secret: `{{ secrets.${name} }}` }
  const definition = {
    name,
    triggers: [{ type: 'webhook', method: ['POST'], authentication }],
    stages: [{ id: 'keep', component: 'transform', config: { value: '{{ input.n }}' } }],
  }
  const created = await clientWith(key).createWorkflow({ body: { definition } })
  if (!created.ok) throw new Error(JSON.stringify(created.problem))
  const workflowId = created.body.id
  /** Stores the secret and deploys, whatever becomes of each; answers how many calls to the platform that took. */
  const setUp = async (failure: Failure | null, secret = SECRET): Promise<number> => {
    const worker = workerThatFails(failure)
    const client = createClient({
      fetch: (url, init) => worker.call(new Request(url, init)),
      baseUrl: ORIGIN,
      token: key,
    })
    await client.putSecrets({ params: { name: 'production' }, body: { secrets: { [name]: secret } } })
    await client.deployWorkflow({ body: { workflowId, environment: 'production' } })
    return worker.calls()
  }
  return { workflowId, setUp }
}

/** Where the webhook of a workflow is, whether or not anybody was told. */
async function pathOf(workflowId: string): Promise<string | null> {
  const select = env.DB.prepare('SELECT ref FROM deployments WHERE workflow_id = ?').bind(workflowId)
  const row = await select.first<{ ref: string }>()
  return row === null ? null : `/webhook/${await formatWebhookToken(mac, { ref: row.ref, slot: 0 })}`
}

const signed = (secret: string) => `sha256=${createHmac('sha256', secret).update(BODY).digest('hex')}`

async function knock(path: string, signature: string | null): Promise<number> {
  const headers = {
    'content-type': 'application/json',
    ...(signature !== null && { 'x-hub-signature-256': signature }),
  }
  return (await send(path, { method: 'POST', headers, body: BODY })).status
}

/** What a caller can send who knows no secret: nothing, or a signature under what a lost secret may have become. */
const FORGED = [
  null,
  '',
  'sha256=',
  ...['', 'undefined', 'null', '[object Object]', '{{ secrets.HOOK_0 }}'].map(signed),
]

async function expectClosed(path: string) {
  for (const signature of FORGED) expect([401, 404, 503], String(signature)).toContain(await knock(path, signature))
}

describe('a secret that is lost while a webhook is set up (T-07)', () => {
  it('opens nothing: whichever step fails, the door stays closed to who has none', async () => {
    const { setUp, workflowId } = await drafted()
    const steps = await setUp(null)
    expect(steps).toBeGreaterThan(15)
    expect(await knock((await pathOf(workflowId)) ?? '', signed(SECRET))).toBe(200)
    let live = 0
    for (let at = 0; at < steps; at++) {
      const place = await drafted()
      await place.setUp({ at, when: at % 2 === 0 ? 'before' : 'after' })
      const path = await pathOf(place.workflowId)
      if (path === null) continue
      await expectClosed(path)
      if ((await knock(path, signed(SECRET))) === 200) live++
    }
    expect(live).toBeGreaterThan(0)
  })

  it('opens nothing when it is lost while it is replaced, and what is repeated heals it', async () => {
    const { setUp, workflowId } = await drafted()
    const steps = await setUp(null)
    const path = (await pathOf(workflowId)) ?? ''
    for (let at = 3; at < steps; at += 7) {
      const [before, after] = at % 2 === 1 ? [SECRET, NEXT] : [NEXT, SECRET]
      await setUp({ at, when: at % 2 === 1 ? 'before' : 'after' }, after)
      await expectClosed(path)
      const opened = [await knock(path, signed(before)), await knock(path, signed(after))]
      expect(new Set(opened)).toEqual(new Set([200, 401]))
      await setUp(null, after)
      expect([await knock(path, signed(before)), await knock(path, signed(after))]).toEqual([401, 200])
    }
  })
})
