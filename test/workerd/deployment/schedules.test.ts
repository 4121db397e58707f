import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import type { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { AcceptRequest } from '#core/shard/wire'
import type { ShardHandle } from '../../../worker/ports/shards'
import { lent } from '../support/open-shard'
import { schedule, testDeployment } from '../support/test-deployment'

const MINUTE_MS = 60_000
/** Far ahead, so that the platform’s own clock fires none of these alarms meanwhile. */
const NINE = Date.UTC(2036, 0, 5, 9, 0)

beforeEach(() => {
  vi.setSystemTime(NINE - 90_000)
})

afterEach(() => {
  vi.useRealTimers()
})

type Deployment = ReturnType<typeof testDeployment>

function ledger({ stub }: Deployment) {
  return runInDurableObject(stub, (_object, { storage }) =>
    storage.sql.exec('SELECT nominal_at, outcome, execution_id FROM fire ORDER BY nominal_at').toArray(),
  )
}

async function claimed({ shard }: Deployment) {
  return (await shard.claim({ max: 50, have: [1] })).work
}

describe('schedules', () => {
  it('a due moment starts one execution, by the deployment’s own alarm (I8)', async () => {
    const deployment = testDeployment()
    await deployment.deploy(1, { schedules: [schedule('0 9 * * *', { payload: '{"report":"daily"}' })] })
    vi.setSystemTime(NINE)
    await runDurableObjectAlarm(deployment.stub)
    const work = await claimed(deployment)
    expect(work).toMatchObject([
      { payload: '{"report":"daily"}', cause: { type: 'schedule', triggerId: 'schedule', nominalAt: NINE } },
    ])
    expect(await ledger(deployment)).toMatchObject([
      { nominal_at: NINE, outcome: 'started', execution_id: work[0]?.id },
    ])
  })

  it('what was dealt with is forgotten after 90 days', async () => {
    const deployment = testDeployment()
    await deployment.deploy(1, { schedules: [schedule('0 9 * * *')] })
    const days = (count: number) => NINE - count * 24 * 3_600_000
    await runInDurableObject(deployment.stub, (_object, { storage }) => {
      const sql = `INSERT INTO fire (trigger_id, nominal_at, outcome, effective_at, actual_at) VALUES ('schedule', ?, ?, ?, ?)`
      for (const [at, outcome] of [
        [days(91), 'started'],
        [days(90), 'skipped_paused'],
      ] as const) {
        storage.sql.exec(sql, at, outcome, at, at)
      }
    })
    vi.setSystemTime(NINE)
    await runDurableObjectAlarm(deployment.stub)
    expect((await ledger(deployment)).map((row) => row['nominal_at'])).toEqual([days(90), NINE])
  })

  it('an alarm that comes twice, or after a restart, starts nothing twice (I8)', async () => {
    const deployment = testDeployment()
    await deployment.deploy(1, { schedules: [schedule('0 9 * * *')] })
    vi.setSystemTime(NINE)
    await runDurableObjectAlarm(deployment.stub)
    await evictDurableObject(deployment.stub)
    await deployment.handle.poke()
    await deployment.handle.poke()
    expect(await claimed(deployment)).toHaveLength(1)
  })

  it('a crash between writing the moment down and its outcome ends in one execution and one ledger row', async () => {
    const deployment = testDeployment()
    await deployment.deploy(1, { schedules: [schedule('0 9 * * *')] })
    vi.setSystemTime(NINE)
    await runDurableObjectAlarm(deployment.stub)
    await runInDurableObject(deployment.stub, (_object, { storage }) => {
      storage.sql.exec(`UPDATE fire SET outcome = 'dispatching', execution_id = NULL`)
    })
    await deployment.handle.poke()
    const work = await claimed(deployment)
    expect(work).toHaveLength(1)
    expect(await ledger(deployment)).toMatchObject([{ outcome: 'started', execution_id: work[0]?.id }])
  })

  it('a moment due before a switch runs on the release that was live then (I7, I8)', async () => {
    const deployment = testDeployment()
    await deployment.deploy(1, { schedules: [schedule('0 9 * * *', { payload: '{"from":1}' })] })
    vi.setSystemTime(NINE)
    await deployment.deploy(2)
    await deployment.handle.poke()
    expect(await claimed(deployment)).toMatchObject([{ pin: 1, payload: '{"from":1}', cause: { nominalAt: NINE } }])
    expect(await ledger(deployment)).toMatchObject([{ outcome: 'started' }])
  })

  it('after an absence only the newest missed moment is caught up, and the others say so', async () => {
    const deployment = testDeployment()
    await deployment.deploy(1, { schedules: [schedule('* * * * *')] })
    vi.setSystemTime(NINE + 2 * MINUTE_MS)
    await runDurableObjectAlarm(deployment.stub)
    expect((await ledger(deployment)).map(({ outcome }) => outcome)).toEqual([
      'skipped_missed',
      'skipped_missed',
      'skipped_missed',
      'started',
    ])
    expect(await claimed(deployment)).toMatchObject([{ cause: { nominalAt: NINE + 2 * MINUTE_MS } }])
  })

  it('a moment that cannot be started holds back neither the others nor a switch', async () => {
    const deployment = testDeployment()
    const both = [schedule('0 9 * * *', { triggerId: 'broken' }), schedule('0 9 * * *', { triggerId: 'sound' })]
    await deployment.deploy(1, { schedules: both })
    vi.setSystemTime(NINE)
    await runInDurableObject(deployment.stub, async (object) => {
      const deployed = object as unknown as { env: typeof env; alarm: () => Promise<void> }
      const real = deployed.env
      const getByName = (name: string) => {
        const shard = real.SHARDS.getByName(name) as unknown as ShardHandle
        const accept = (request: AcceptRequest) => {
          if (request.cause.triggerId === 'broken') throw new Error('Network connection lost.')
          return shard.accept(request)
        }
        return { accept }
      }
      deployed.env = { ...real, SHARDS: { getByName } as unknown as typeof env.SHARDS }
      await deployed.alarm()
      deployed.env = real
    })
    expect(await claimed(deployment)).toMatchObject([{ cause: { triggerId: 'sound' } }])
    await runDurableObjectAlarm(deployment.stub)
    await lent(deployment.shardStub, 1)
    expect(await claimed(deployment)).toMatchObject([{ cause: { triggerId: 'broken' } }])
  })

  it('a paused deployment starts nothing and records every due moment', async () => {
    const deployment = testDeployment()
    await deployment.deploy(1, { schedules: [schedule('0 9 * * *')] })
    await deployment.apply({ kind: 'pause', note: 'vendor down' })
    vi.setSystemTime(NINE)
    await runDurableObjectAlarm(deployment.stub)
    expect(await claimed(deployment)).toEqual([])
    expect(await ledger(deployment)).toMatchObject([{ outcome: 'skipped_paused' }])
  })

  it('an unchanged schedule keeps its next moment over a deploy; a removed or disabled one has none (S62, S30)', async () => {
    const deployment = testDeployment()
    const next = async () => (await deployment.handle.status(deployment.scope))?.schedules
    await deployment.deploy(1, { schedules: [schedule('0 9 * * *')] })
    await deployment.deploy(2, { schedules: [schedule('0 9 * * *')] })
    expect(await next()).toMatchObject([{ nextFireAt: NINE }])
    await deployment.deploy(3, { schedules: [schedule('0 9 * * *', { enabled: false })] })
    expect(await next()).toMatchObject([{ nextFireAt: null }])
    await deployment.deploy(4)
    expect(await next()).toEqual([])
  })

  it('a schedule follows its zone across a clock change (S29)', async () => {
    const deployment = testDeployment()
    vi.setSystemTime(Date.UTC(2036, 2, 8, 15, 0))
    await deployment.deploy(1, { schedules: [schedule('0 9 * * *', { timezone: 'America/New_York' })] })
    expect(await deployment.handle.status(deployment.scope)).toMatchObject({
      schedules: [{ nextFireAt: Date.UTC(2036, 2, 9, 13, 0) }],
    })
  })
})
