import { env, exports } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { compose } from '../../../worker/compose'
import type { Bindings } from '../../../worker/env'
import { eventually } from '../../support/eventually'
import { newPlace } from '../api/deploy-document'
import { ORIGIN } from '../api/support'
import { type Sender, written } from './sender'
import { senders } from './senders'

const named = (name: string) => senders.find((one) => one.name === name)!
const [OLD, NEW] = ['the-old-secret-0123456789', 'the-new-secret-0123456789']

type Door = (request: Request) => Promise<Response>
const ours: Door = (request) => exports.default.fetch(request)

async function live(sender: Sender, more: Record<string, unknown> = {}) {
  const place = await newPlace()
  const params = { name: 'production' }
  const set = async (variables: Record<string, { value: string; secret: true }>) => {
    const saved = await place.client.putVariables({ params, body: { variables } })
    if (!saved.ok) throw new Error(JSON.stringify(saved.problem))
  }
  const setSecret = (value: string) => set({ HOOK: { value, secret: true } })
  await setSecret(OLD)
  const [field = 'secret', previous = ''] = sender.fields ?? []
  const authentication = {
    ...sender.written,
    [field]: '{{ vars.HOOK }}',
    ...('previous' in more && { [previous]: '{{ vars.HOOK_BEFORE }}' }),
  }
  if ('previous' in more) await set({ HOOK_BEFORE: { value: NEW, secret: true } })
  const { webhookPath, workflowId } = await place.deploy({
    name: 'signed',
    triggers: [{ type: 'webhook', method: ['POST'], authentication }],
    stages: [{ id: 'keep', component: 'transform', config: { value: '{{ input }}' } }],
  })
  let calls = 0
  async function call(secret: string, id = `delivery-${calls++}`, door = ours): Promise<Response> {
    const body = new TextEncoder().encode(sender.body({ secret, id }))
    const wish = { secret, id, body, url: ORIGIN + webhookPath, method: 'POST', time: written(sender.unit, Date.now()) }
    const headers = [['content-type', 'application/json'], ...(await sender.headers(wish))] as [string, string][]
    return door(new Request(ORIGIN + webhookPath, { method: 'POST', headers, body }))
  }
  return { ...place, call, setSecret, set, workflowId }
}

describe('a webhook that is live', () => {
  it('makes one execution of a delivery that comes a thousand times at once (W-16, I1)', async () => {
    const { call, client, workflowId } = await live(named('stripe'))
    const answers = await Promise.all(Array.from({ length: 1_000 }, () => call(OLD, 'evt_1')))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    const ids = await Promise.all(
      answers.map(async (answer) => (await answer.json<{ executionId: string }>()).executionId),
    )
    expect(new Set(ids).size).toBe(1)
    await eventually(async () => {
      const listed = await client.listExecutions({ query: { workflowId } })
      expect(listed).toMatchObject({ ok: true, body: { items: [{ executionId: ids[0] }] } })
    })
  })

  it.for(['github', 'slack', 'standard_webhooks webhook', 'api_key'].map(named))(
    'refuses a secret from the moment another one is in force (W-08): $name',
    async (sender) => {
      const { call, setSecret } = await live(sender)
      const [old, next] = sender.name.startsWith('standard') ? [`whsec_${btoa(OLD)}`, `whsec_${btoa(NEW)}`] : [OLD, NEW]
      await setSecret(old)
      expect([(await call(old)).status, (await call(next)).status]).toEqual([200, 401])
      await setSecret(next)
      expect([(await call(old)).status, (await call(next)).status]).toEqual([401, 200])
    },
  )

  it('takes both secrets while its document names both (W-08)', async () => {
    const { call, set } = await live(named('shopify'), { previous: true })
    expect([(await call(OLD)).status, (await call(NEW)).status]).toEqual([200, 200])
    await set({ HOOK_BEFORE: { value: 'something-else-0123456789', secret: true } })
    expect([(await call(OLD)).status, (await call(NEW)).status]).toEqual([200, 401])
  })

  it('opens no other webhook with its signature, in its organization or another (W-09)', async () => {
    const [one, two] = [await live(named('github')), await live(named('github'))]
    await two.setSecret(NEW)
    expect([(await one.call(OLD)).status, (await two.call(OLD)).status]).toEqual([200, 401])
  })

  it('asks D1 nothing on behalf of a wrong signature (W-23)', async () => {
    const { call, key } = await live(named('github'))
    const asked: string[] = []
    const { app, door } = workerThatTells(asked)
    await app.fetch(new Request(`${ORIGIN}/v1/workflows`, { headers: { authorization: `Bearer ${key}` } }))
    expect(asked).not.toEqual([])
    asked.length = 0
    for (let n = 0; n < 5; n++) expect((await call(NEW, undefined, door)).status).toBe(401)
    expect(asked).toEqual([])
  })
})

/** An isolate of its own: what the objects ask D1 in the background is not among what it tells. */
function workerThatTells(asked: string[]) {
  const DB = new Proxy(env.DB, {
    get(database, name) {
      const member: unknown = Reflect.get(database, name)
      if (typeof member !== 'function') return member
      return (...args: unknown[]): unknown => {
        asked.push(String(name))
        return Reflect.apply(member, database, args)
      }
    },
  })
  return compose({ ...env, DB } as unknown as Bindings, (work) => void work.catch(() => undefined))
}
