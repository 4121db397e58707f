import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { deployed, deployNext, type Place, run } from './deployed'
import { refOf } from './later'
import { sampleDefinition, send } from './support'

const HOUR_MS = 3_600_000

/** The sample, live, and calls that change it under a key. */
async function place() {
  const it = await deployed()
  const params = { id: it.deployment.deploymentId }
  const post = async (path: string, key: string, body: object = {}) => {
    const response = await send(path, {
      method: 'POST',
      headers: { authorization: `Bearer ${it.key}`, 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify(body),
    })
    return { status: response.status, body: await response.json<Record<string, unknown>>() }
  }
  return {
    it,
    deploy: (key: string) =>
      post('/v1/workflows/deploy', key, { workflowId: it.workflowId, environment: 'production' }),
    change: (verb: string, key: string, body: object = {}) => post(`/v1/deployments/${params.id}/${verb}`, key, body),
    draft: (by: string, revision: number) => save(it, by, revision),
    versions: async () => {
      const history = await it.client.getDeploymentHistory({ params })
      return history.ok ? history.body.items.map(({ version }) => version) : []
    },
    by: async () => {
      const ran = await run(it)
      return ran.ok && 'data' in ran.body ? (ran.body.data as { by: string }).by : ran
    },
  }
}

async function save({ client, workflowId }: Place, by: string, revision: number) {
  const definition = sampleDefinition('customer-onboarding')
  definition.stages[0]!.config.value.by = by
  expect(await client.saveWorkflow({ params: { id: workflowId }, body: { definition, revision } })).toMatchObject({
    ok: true,
  })
}

/** As if the process had died after the deployment was changed and before the answer was kept; the claim has run out. */
const loseAnswer = (key: string) =>
  env.DB.prepare('UPDATE idempotency_records SET status = NULL, answer = NULL, locked_until_at = 0 WHERE key = ?')
    .bind(key)
    .run()
/** As if the call had broken after the deployment was changed. */
const forget = (key: string) => env.DB.prepare('DELETE FROM idempotency_records WHERE key = ?').bind(key).run()

/** As if so much time had gone by since everything that happened. */
async function pass(it: Place, ms: number) {
  await env.DB.prepare('UPDATE idempotency_records SET expires_at = expires_at - ?').bind(ms).run()
  const object = env.DEPLOYMENTS.getByName(`dep:${refOf(it)}`)
  await runInDurableObject(object, (_object, { storage }) => {
    storage.sql.exec('UPDATE change SET at = at - ?', ms)
  })
}

describe('a change that comes again with its Idempotency-Key', () => {
  test.each([
    ['was lost with the process', loseAnswer],
    ['was never kept', forget],
  ])('is the same change when the first answer %s, also where the draft has moved on', async (_what, lose) => {
    const { it, deploy, draft, versions } = await place()
    const key = crypto.randomUUID()
    await draft('v2', 1)
    const first = await deploy(key)
    await lose(key)
    await draft('v3', 2)
    const again = await deploy(key)
    expect([first, again]).toMatchObject([{ status: 200, body: { version: 'v2' } }, { status: 200 }])
    expect(again.body).toEqual(first.body)
    expect(await versions()).toEqual(['v2', 'v1'])
    expect(await it.client.listVersions({ params: { id: it.workflowId } })).toMatchObject({
      body: { items: [{ version: 'v2' }, { version: 'v1' }] },
    })
  })

  test.each([
    ['with the values of now', false],
    ['with the values of then', true],
  ])('goes back once, %s, and says again where it went', async (_values, restoreConfiguration) => {
    const { it, change, versions } = await place()
    await deployNext(it, 'v2', 1)
    await deployNext(it, 'v3', 2)
    const key = crypto.randomUUID()
    const back = () => change('rollback', key, { reason: 'errors', restoreConfiguration })
    const first = await back()
    await loseAnswer(key)
    const again = await back()
    expect(first).toMatchObject({ status: 200, body: { from: 'v3', version: 'v2', status: 'rolled_back' } })
    expect(again).toEqual(first)
    expect(await versions()).toEqual(['v2', 'v3', 'v2', 'v1'])
  })

  test('activates once what waits, and says so again', async () => {
    const { it, change, draft, versions } = await place()
    await draft('v2', 1)
    const { workflowId, client } = it
    await client.deployWorkflow({ body: { workflowId, environment: 'production', autoActivate: false } })
    const key = crypto.randomUUID()
    const first = await change('activate', key)
    await loseAnswer(key)
    expect(await change('activate', key)).toEqual(first)
    expect(first).toMatchObject({ status: 200, body: { activeVersion: { version: 'v2' } } })
    expect(await versions()).toEqual(['v2', 'v1'])
  })

  test('is the same change for a day, and a new one after it', async () => {
    const { it, deploy, draft, versions, by } = await place()
    const key = crypto.randomUUID()
    await draft('v2', 1)
    await deploy(key)
    await draft('v3', 2)
    await pass(it, 23 * HOUR_MS)
    expect(await deploy(key)).toMatchObject({ status: 200, body: { version: 'v2' } })
    expect(await by()).toBe('v2')
    await pass(it, HOUR_MS)
    expect(await deploy(key)).toMatchObject({ status: 200, body: { version: 'v3' } })
    expect(await by()).toBe('v3')
    expect(await versions()).toEqual(['v3', 'v2', 'v1'])
  })

  test('many times at once is one change', async () => {
    const { deploy, draft, versions } = await place()
    await draft('v2', 1)
    const key = crypto.randomUUID()
    const answers = await Promise.all(Array.from({ length: 6 }, () => deploy(key)))
    const statuses = new Set(answers.map(({ status }) => status))
    expect(statuses).toContain(200)
    expect([...statuses].filter((status) => status !== 200 && status !== 409)).toEqual([])
    expect(await versions()).toEqual(['v2', 'v1'])
  })
})

describe('an Idempotency-Key', () => {
  test('of one change is not that of another', async () => {
    const { it, change } = await place()
    const key = crypto.randomUUID()
    expect(await change('pause', key)).toMatchObject({ status: 200, body: { state: 'paused' } })
    await forget(key)
    expect(await change('resume', key)).toMatchObject({ status: 200, body: { state: 'active' } })
    expect(await run(it)).toMatchObject({ ok: true })
  })

  test('cannot be that of a change the service makes by itself: a secret is rotated all the same', async () => {
    const { it, change } = await place()
    const { client } = it
    const values = { params: { name: 'production' } }
    const put = (WORD: string) => client.putVariables({ ...values, body: { variables: { WORD } } })
    await put('first')
    const said = "{{ vars.WORD ?? '' }}"
    await deployNext(it, said, 1)
    const environments = await client.listEnvironments({})
    const { id, revision } =
      (environments.ok && environments.body.items.find(({ name }) => name === 'production')) || {}
    const row = await env.DB.prepare('SELECT epoch FROM deployments WHERE id = ?')
      .bind(it.deployment.deploymentId)
      .first<{ epoch: number }>()
    const next = { revision: (revision ?? 0) + 1, epoch: (row?.epoch ?? 0) + 1 }
    expect(await change('resume', `config|${id}|${next.revision}|${next.epoch}`)).toMatchObject({ status: 200 })
    expect(await put('second')).toMatchObject({ body: { applied: { done: 1, pending: 0 } } })
    expect(await run(it)).toMatchObject({ body: { data: { by: 'second' } } })
  })
})
