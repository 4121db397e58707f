import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Workflow } from '#core/definition/document'
import { env } from 'cloudflare:workers'
import { eventually } from '../../support/eventually'
import { createVault } from '../../../worker/adapters/crypto/vault'
import { serveDoorbell } from '../../../worker/services/runner/serve-doorbell'
import { environmentPurpose } from '../../../worker/services/sealed-environment'
import { accepted, acceptRequest, seqOf } from '../support/open-shard'
import { fakeNetwork, ok, publish, runnerOn } from '../support/run-release'
import { schedule, testDeployment } from '../support/test-deployment'

const MINUTE_MS = 60_000
const NINE = Date.UTC(2036, 0, 5, 9, 0)

beforeEach(() => {
  vi.setSystemTime(NINE - 90_000)
})
afterEach(() => {
  vi.useRealTimers()
})

type Deployment = ReturnType<typeof testDeployment>

const post = (id: string, path: string, depends_on: string[] = []) => ({
  id,
  component: 'http_request',
  depends_on,
  config: { url: `https://api.example.com/${path}/${id}`, method: 'POST', body: {} },
})

/** A release whose two requests name it, with a schedule of every minute. */
async function release({ identity }: Deployment, name: string) {
  const stages = [post('first', name), post('second', name, ['first'])]
  const sealed = JSON.stringify({ variables: {}, secrets: {}, masked: {} })
  return {
    pure: false,
    inline: false,
    document: JSON.stringify(Workflow.parse({ name: 'orders', stages })),
    environment: await createVault(env.MASTER_KEY).seal(environmentPurpose(identity), sealed),
    schedules: [schedule('* * * * *')],
  }
}

const serve = ({ identity, shard }: Deployment, deps: ReturnType<typeof runnerOn>) =>
  serveDoorbell(deps, { ref: identity.ref, no: 0, open: () => shard })
const statusOf = async ({ shard, scope }: Deployment, seq: number) => {
  const seen = await shard.peek({ ...scope, seq })
  return seen !== null && 'status' in seen ? seen.status : null
}

describe('a deploy and a rollback while executions run', () => {
  it('what runs keeps its release, each due moment runs once on the one live then (F-17, I7, I8)', async () => {
    const deployment = testDeployment()
    await deployment.deploy(1, await release(deployment, 'v1'))
    const network = fakeNetwork()
    const steps = [
      async () => {
        await deployment.deploy(2, await release(deployment, 'v2'))
        vi.setSystemTime(NINE)
        await runDurableObjectAlarm(deployment.stub)
      },
      async () => {
        await deployment.apply({ kind: 'restore', releaseId: 'rel_1', cause: 'rollback' })
        vi.setSystemTime(NINE + MINUTE_MS)
        await runDurableObjectAlarm(deployment.stub)
      },
    ]
    // Each of the first two requests is answered after the next switch: what it belongs to runs through it.
    network.answer = async () => {
      await steps.shift()?.()
      return ok()
    }
    vi.setSystemTime(NINE - MINUTE_MS)
    await runDurableObjectAlarm(deployment.stub)
    // Minutes pass in an instant here; to the runner they are one, or it would take its lease for over.
    const now = Date.now()
    await serve(deployment, { ...runnerOn(network), clock: () => now })
    const byExecution = Map.groupBy(network.sent, ({ headers }) => headers['Idempotency-Key']?.split(':')[0])
    const paths = [...byExecution.values()].map((sent) =>
      sent.map(({ url }) => url.slice('https://api.example.com/'.length)),
    )
    expect(paths).toEqual([
      ['v1/first', 'v1/second'],
      ['v2/first', 'v2/second'],
      ['v1/first', 'v1/second'],
    ])
    const fires = await runInDurableObject(deployment.stub, (_object, { storage }) =>
      storage.sql.exec('SELECT nominal_at, outcome FROM fire ORDER BY nominal_at').toArray(),
    )
    expect(fires).toEqual([-1, 0, 1].map((n) => ({ nominal_at: NINE + n * MINUTE_MS, outcome: 'started' })))
    expect(await Promise.all([0, 1, 2].map((seq) => statusOf(deployment, seq)))).toEqual(Array(3).fill('completed'))
  })
})

describe('an undeploy while executions run', () => {
  it('lets them end on their release, takes nothing new, and leaves no alarm behind (F-18, I2)', async () => {
    const deployment = testDeployment()
    await deployment.deploy(1, await release(deployment, 'v1'))
    const seq = seqOf(accepted(await deployment.shard.accept(acceptRequest({ epoch: 1 }))).id)
    const network = fakeNetwork()
    network.answer = async ({ url }) => {
      if (url.endsWith('/first')) await deployment.apply({ kind: 'undeploy' })
      return ok()
    }
    await serve(deployment, runnerOn(network))
    expect([await statusOf(deployment, seq), network.sent.length]).toEqual(['completed', 2])
    expect(await deployment.shard.accept(acceptRequest({ epoch: 2 }))).toEqual({ kind: 'refused', code: 'undeployed' })
    vi.setSystemTime(NINE + MINUTE_MS)
    await deployment.handle.poke()
    expect(await deployment.handle.status(deployment.scope)).toMatchObject({ schedules: [] })
    const alarmOf = (stub: Deployment['stub'] | Deployment['shardStub']) =>
      runInDurableObject(stub as Deployment['stub'], (_object, { storage }) => storage.getAlarm())
    await eventually(async () => {
      await runDurableObjectAlarm(deployment.shardStub)
      expect([await alarmOf(deployment.stub), await alarmOf(deployment.shardStub)]).toEqual([null, null])
    })
  })
})

describe('one isolate runs many organizations', () => {
  it('each sees its own variables and secrets, however alike their releases are (F-30, I10)', async () => {
    const document = {
      name: 'alike',
      stages: [
        {
          id: 'only',
          component: 'http_request',
          config: { url: 'https://api.example.com/{{ vars.tenant }}', headers: { 'X-Key': '{{ secrets.key }}' } },
        },
      ],
    }
    const tenants = ['a', 'b', 'c']
    const releases = await Promise.all(
      tenants.map((tenant) => publish(document, { variables: { tenant }, secrets: { key: `key-of-${tenant}` } })),
    )
    const network = fakeNetwork()
    const shared = runnerOn(network)
    for (let round = 0; round < 2; round++)
      for (const it of releases) {
        await it.start()
        await it.serve(shared)
      }
    const seen = network.sent.map(({ url, headers }) => `${url.split('/').at(-1)} ${headers['X-Key']}`)
    expect(seen).toEqual([...tenants, ...tenants].map((tenant) => `${tenant} key-of-${tenant}`))
  })
})
