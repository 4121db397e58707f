import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { eventually } from '../../support/eventually'
import { isEnded, newPlace, until } from '../api/deploy-document'
import { newMember, post, verifiedOrganization } from '../api/people'
import { ALL_SCOPES, clientWith, newKey, newOrganization, sampleDefinition, send } from '../api/support'
import { createStores } from '../../../worker/adapters/d1/stores'

const orders = (by: string, more: object = {}) => ({
  name: 'orders',
  triggers: [
    {
      type: 'webhook',
      method: ['POST'],
      authentication: { type: 'api_key', header: 'X-Door', key: '{{ secrets.DOOR }}' },
      ...more,
    },
  ],
  stages: [{ id: 'shape', component: 'transform', config: { value: { by, order: '{{ input.order }}' } } }],
  output: { shape: '{{ stages.shape.output }}', from: '{{ trigger.headers["user-agent"] }}' },
})
const DOOR = 'the-key-of-the-door'

/** A workflow that is live behind a key, and somebody who calls it. */
async function live(place?: Awaited<ReturnType<typeof newPlace>>) {
  const { client, key, deploy } = place ?? (await newPlace())
  await client.putSecrets({ params: { name: 'production' }, body: { secrets: { DOOR } } })
  const { webhookPath, workflowId, deploymentId } = await deploy(orders('v1'))
  const call = (body: object, headers: Record<string, string> = { 'x-door': DOOR }) =>
    send(webhookPath, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'shop/1', ...headers },
      body: JSON.stringify(body),
    })
  const params = { id: deploymentId }
  const list = async (query: object = {}) => {
    const answer = await client.listDeliveries({ params, query })
    if (!answer.ok) throw new Error(JSON.stringify(answer.problem))
    return answer.body
  }
  /** The calls that are remembered, once there are so many. */
  const remembered = (count: number) =>
    eventually(async () => {
      const { items } = await list()
      expect(items).toHaveLength(count)
      return items
    })
  const redeliver = (deliveryId: string, idempotencyKey?: string) =>
    client.redeliver({
      params: { ...params, deliveryId },
      ...(idempotencyKey !== undefined && { idempotencyKey }),
    })
  return { client, key, call, params, list, remembered, redeliver, workflowId, deploymentId, webhookPath }
}

async function executionOf(answer: Response): Promise<string> {
  return (await answer.json<{ executionId: string }>()).executionId
}

async function audited(target: string) {
  const { results } = await env.DB.prepare('SELECT action, detail FROM audit_log WHERE target = ?').bind(target).all()
  return results
}

describe('the calls of a deployment’s webhooks', () => {
  test('are listed with what came of them, newest first, page by page', async () => {
    const { call, remembered, list, client, params } = await live()
    const executionId = await executionOf(await call({ order: 1 }))
    await (await call({ order: 1 }, { 'x-door': 'wrong' })).text()
    await (await call({ order: 2 }, {})).text()
    const items = await remembered(3)
    expect(items).toMatchObject([
      { outcome: 'refused', reason: 'credential_malformed', status: 401, executionId: null, triggerId: 'webhook' },
      { outcome: 'refused', reason: 'credential_wrong', status: 401, detail: expect.stringContaining('key') },
      { outcome: 'accepted', reason: null, detail: null, status: 200, executionId, size: 11, method: 'POST', more: 0 },
    ])
    expect(items[0]).not.toHaveProperty('headers')
    const pages = [await list({ limit: 2 })]
    pages.push(await list({ limit: 2, cursor: pages[0]?.nextCursor }))
    expect(pages.map(({ items: page, nextCursor }) => [page.map(({ id }) => id), nextCursor])).toEqual([
      [[items[0]?.id, items[1]?.id], items[1]?.id],
      [[items[2]?.id], null],
    ])
    expect((await list({ outcome: 'refused' })).items).toHaveLength(2)
    expect((await list({ reason: 'credential_wrong' })).items).toMatchObject([{ id: items[1]?.id }])
    expect((await list({ triggerId: 'webhook-2' })).items).toEqual([])
    expect((await list({ from: new Date(Date.now() + 60_000).toISOString() })).items).toEqual([])
    expect((await list({ to: new Date(Date.now() + 60_000).toISOString() })).items).toHaveLength(3)
    for (const query of [{ reason: 'bad mood' }, { outcome: 'lost' }, { cursor: 'exec_1' }, { when: 'now' }]) {
      const refused = await client.listDeliveries({ params, query: query as never })
      expect(refused).toMatchObject({ ok: false, status: 422 })
    }
  })

  test('are read one by one with their headers, and no credential among them', async () => {
    const { call, remembered, client, params } = await live()
    await (await call({ order: 1 }, { 'x-door': DOOR, 'x-note': `my key is ${DOOR}` })).text()
    const [item] = await remembered(1)
    const answer = await client.getDelivery({ params: { ...params, deliveryId: item?.id ?? '' } })
    expect(answer).toMatchObject({
      ok: true,
      body: {
        ...item,
        headers: { 'user-agent': 'shop/1', 'x-door': '[redacted]', 'x-note': 'my key is [secret key]' },
        query: [],
      },
    })
    expect(await client.getDelivery({ params: { ...params, deliveryId: 'dlv_none' } })).toMatchObject({ status: 404 })
  })

  test('show a repeat as one, and why a paused or undeployed deployment took nothing', async () => {
    const { call, remembered, client, params } = await live()
    const again = { 'x-door': DOOR, 'idempotency-key': 'order-1' }
    const executionId = await executionOf(await call({ order: 1 }, again))
    expect(await executionOf(await call({ order: 1 }, again))).toBe(executionId)
    await (await call({ order: 2 }, again)).text()
    await client.pauseDeployment({ params })
    await (await call({ order: 3 })).text()
    await client.undeployWorkflow({ params })
    await (await call({ order: 4 })).text()
    expect(await remembered(5)).toMatchObject([
      { reason: 'undeployed', status: 404 },
      { reason: 'paused', status: 503 },
      { reason: 'idempotency_key_reused', status: 422 },
      { executionId, duplicate: true },
      { executionId, duplicate: false },
    ])
  })

  test('of another organization do not exist, nor under a deployment of one’s own (A-20)', async () => {
    const place = await newPlace()
    const { call, remembered, params, redeliver } = await live(place)
    await (await call({ order: 1 })).text()
    const [item] = await remembered(1)
    const deliveryId = item?.id ?? ''
    const stranger = await newOrganization()
    const client = clientWith(stranger.key)
    const unknown = { ok: false, status: 404 }
    expect(await client.listDeliveries({ params })).toMatchObject(unknown)
    expect(await client.getDelivery({ params: { ...params, deliveryId } })).toMatchObject(unknown)
    expect(await client.redeliver({ params: { ...params, deliveryId } })).toMatchObject(unknown)
    const other = await live(await newPlace())
    expect(await other.redeliver(deliveryId)).toMatchObject({ ok: false, status: 404 })
    expect(await redeliver(deliveryId)).toMatchObject({ ok: true })
  })

  test('in a restricted project do not exist for who is not let in, and no key of another environment reads them', async () => {
    const owner = await verifiedOrganization()
    const project = await post('/v1/projects', { name: 'billing', restricted: true }, owner.session)
    const body = { definition: sampleDefinition('inside'), projectId: project.body['id'] }
    const created = await post('/v1/workflows', body, owner.session)
    const workflowId = String(created.body['id'])
    const deployed = await post('/v1/workflows/deploy', { workflowId, environment: 'staging' }, owner.session)
    const member = await newMember(owner.session, 'deployer')
    const path = `/v1/deployments/${deployed.body['deploymentId']}/deliveries`
    const key = await newKey(owner.session, ALL_SCOPES, { environments: ['production'] })
    for (const [headers, status] of [
      [member.session, 404],
      [{ authorization: `Bearer ${key}` }, 403],
      [owner.session, 200],
    ] as const) {
      expect((await send(path, { headers })).status).toBe(status)
    }
    expect((await post(`${path}/dlv_1/redeliver`, {}, member.session)).status).toBe(404)
  })

  test('of a sensitive workflow are read by nobody who is not written down', async () => {
    const { client, deploy } = await newPlace()
    const triggers = [{ type: 'webhook', method: ['POST'], authentication: { type: 'none' } }]
    const stages = [{ id: 'say', component: 'transform', config: { value: 1 } }]
    const settings = { sensitive: true }
    const { deploymentId, webhookPath } = await deploy({ name: 'salaries', triggers, stages, settings })
    await (await send(webhookPath, { method: 'POST' })).text()
    const params = { id: deploymentId }
    const deliveryId = await eventually(async () => {
      const { body } = (await client.listDeliveries({ params })) as { body: { items: { id: string }[] } }
      expect(body.items).toHaveLength(1)
      return body.items[0]?.id ?? ''
    })
    expect(await audited(deliveryId)).toEqual([])
    expect((await client.getDelivery({ params: { ...params, deliveryId } })).ok).toBe(true)
    expect(await audited(deliveryId)).toMatchObject([{ action: 'delivery.read' }])
  })

  test('start nothing again without the scope to run', async () => {
    const owner = await newOrganization()
    const reader = clientWith(await newKey(owner.session, ['executions:read', 'workflows:read']))
    const answer = await reader.redeliver({ params: { id: 'deploy_x', deliveryId: 'dlv_1' } })
    expect(answer).toMatchObject({
      ok: false,
      status: 403,
      problem: { code: 'missing_scope', scope: 'executions:run' },
    })
  })
})

describe('an accepted call that is delivered again', () => {
  test('is a new execution of the version that is live now, with the same input, and is audited', async () => {
    const { call, remembered, redeliver, client, workflowId } = await live()
    const first = await executionOf(await call({ order: 7 }))
    const [item] = await remembered(1)
    const body = { definition: orders('v2'), revision: 1 }
    expect((await client.saveWorkflow({ params: { id: workflowId }, body })).ok).toBe(true)
    expect((await client.deployWorkflow({ body: { workflowId, environment: 'production' } })).ok).toBe(true)
    const again = await redeliver(item?.id ?? '')
    expect(again).toMatchObject({ ok: true, status: 202, body: { deliveryId: item?.id, replayOf: first } })
    const executionId = again.ok ? again.body.executionId : ''
    const ended = await until(client, executionId, isEnded)
    expect(ended).toMatchObject({
      version: 'v2',
      trigger: 'webhook',
      triggerId: 'webhook',
      replayOf: first,
      input: { order: 7 },
      output: { shape: { by: 'v2', order: 7 }, from: 'shop/1' },
    })
    expect(ended.triggeredBy?.id).toMatch(/^key_/)
    expect(await audited(item?.id ?? '')).toMatchObject([
      { action: 'delivery.redelivered', detail: expect.stringContaining(executionId) },
    ])
  })

  test('runs once under one Idempotency-Key, also when the stored answer is lost, and again under another', async () => {
    const { call, remembered, redeliver, client, workflowId } = await live()
    await (await call({ order: 1 })).text()
    const [item] = await remembered(1)
    const id = item?.id ?? ''
    const at = async (key: string) => {
      const answer = await redeliver(id, key)
      if (!answer.ok) throw new Error(JSON.stringify(answer.problem))
      return answer.body.executionId
    }
    const once = await at('a')
    expect(await at('a')).toBe(once)
    const key = await env.DB.prepare('SELECT organization_id AS id FROM workflows WHERE id = ?')
      .bind(workflowId)
      .first()
    const { idempotency } = createStores(env.DB, { organizationId: String(key?.['id']) })
    await idempotency.abandon('a')
    expect(await at('a')).toBe(once)
    expect(await at('b')).not.toBe(once)
    await eventually(async () => {
      const listed = await client.listExecutions({ query: { workflowId } })
      expect(listed).toMatchObject({ ok: true, body: { items: [{}, {}, {}] } })
    })
  })

  test('takes what came even where it is no object, and needs no trigger that still has its name', async () => {
    const { client, deploy } = await newPlace()
    const echo = (type: string) => ({
      name: 'echo',
      triggers: [{ type: 'webhook', id: type, method: ['POST'], authentication: { type: 'none' } }],
      stages: [{ id: 'say', component: 'transform', config: { value: '{{ input }}' } }],
    })
    const { workflowId, deploymentId, webhookPath } = await deploy(echo('first'))
    await (
      await send(webhookPath, { method: 'POST', body: 'plain words', headers: { 'content-type': 'text/plain' } })
    ).text()
    const params = { id: deploymentId }
    const deliveryId = await eventually(async () => {
      const answer = await client.listDeliveries({ params })
      expect(answer).toMatchObject({ body: { items: [{ outcome: 'accepted' }] } })
      return answer.ok ? (answer.body.items[0]?.id ?? '') : ''
    })
    await client.saveWorkflow({ params: { id: workflowId }, body: { definition: echo('second'), revision: 1 } })
    await client.deployWorkflow({ body: { workflowId, environment: 'production' } })
    const again = await client.redeliver({ params: { ...params, deliveryId } })
    const ended = await until(client, again.ok ? again.body.executionId : '', isEnded)
    expect(ended).toMatchObject({
      status: 'completed',
      input: 'plain words',
      output: 'plain words',
      triggerId: 'first',
    })
  })

  test('is refused where the call was refused, gone where its execution is, and 503 while paused', async () => {
    const { call, remembered, redeliver, client, params } = await live()
    await (await call({ order: 1 }, {})).text()
    const executionId = await executionOf(await call({ order: 2 }))
    const [accepted, refused] = await remembered(2)
    expect(await redeliver(refused?.id ?? '')).toMatchObject({
      ok: false,
      status: 409,
      problem: {
        code: 'nothing_to_redeliver',
        hint: expect.stringContaining('send it again'),
        reason: 'credential_malformed',
      },
    })
    await client.pauseDeployment({ params })
    expect(await redeliver(accepted?.id ?? '')).toMatchObject({ status: 503, problem: { code: 'paused' } })
    await client.resumeDeployment({ params })
    await until(client, executionId, isEnded)
    await eventually(async () => {
      expect((await client.deleteExecution({ params: { id: executionId } })).status).toBe(204)
    })
    expect(await redeliver(accepted?.id ?? '')).toMatchObject({
      ok: false,
      status: 410,
      problem: { code: 'delivery_input_gone', hint: expect.stringContaining('send it again') },
    })
    expect(await redeliver('dlv_none')).toMatchObject({ ok: false, status: 404 })
  })
})

test('a flood of wrong keys is few lines that count the rest, and one write', async () => {
  const { call, list } = await live()
  const answers = await Promise.all(Array.from({ length: 300 }, () => call({ order: 1 }, { 'x-door': 'wrong' })))
  await Promise.all(answers.map((answer) => answer.text()))
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]))
  await eventually(async () => {
    const { items } = await list({ limit: 200 })
    expect(items.reduce((sum, { more }) => sum + 1 + more, 0)).toBe(300)
    // Twenty of each write's, however many writes a busy machine makes of them.
    expect(items.length).toBeLessThan(200)
  })
})
