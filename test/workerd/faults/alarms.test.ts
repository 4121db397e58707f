import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createDeploymentSweep } from '../../../worker/adapters/d1/deployment-sweep'
import { poke } from '../../../worker/cron/poke'
import { type Deployments } from '../../../worker/ports/deployments'
import { fakeNetwork, publish, runnerOn } from '../support/run-release'
import { schedule, testDeployment } from '../support/test-deployment'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
/** Far ahead, so that the platform’s own clock fires none of these alarms meanwhile. */
const NINE = Date.UTC(2036, 0, 5, 9, 0)

beforeEach(() => {
  vi.setSystemTime(NINE - 90_000)
})

afterEach(() => {
  vi.useRealTimers()
})

type Deployment = ReturnType<typeof testDeployment>

async function ledger({ stub }: Deployment): Promise<readonly string[]> {
  const rows = await runInDurableObject(stub, (_object, { storage }) =>
    storage.sql
      .exec<{ nominal_at: number; outcome: string }>('SELECT nominal_at, outcome FROM fire ORDER BY nominal_at')
      .toArray(),
  )
  return rows.map(({ nominal_at, outcome }) => `${new Date(nominal_at).toISOString()} ${outcome}`)
}

const started = async ({ shard }: Deployment) =>
  (await shard.claim({ max: 50, have: [1] })).work.map(({ cause }) => cause.nominalAt)

async function scheduled(cron: string, timezone = 'UTC'): Promise<Deployment> {
  const deployment = testDeployment()
  await deployment.deploy(1, { schedules: [schedule(cron, { timezone })] })
  return deployment
}

describe('an alarm that the platform repeats', () => {
  it('rings twice at the same time, or as a retry: a moment starts one execution (F-08, I8)', async () => {
    const deployment = await scheduled('0 9 * * *')
    vi.setSystemTime(NINE)
    await runInDurableObject(deployment.stub, async (object) => {
      const { alarm } = object as unknown as { alarm: (info?: object) => Promise<void> }
      const ring = (isRetry: boolean) => alarm.call(object, { isRetry, retryCount: isRetry ? 1 : 0 })
      await Promise.all([ring(false), ring(true), ring(true)])
    })
    expect(await started(deployment)).toEqual([NINE])
    expect(await ledger(deployment)).toEqual(['2036-01-05T09:00:00.000Z started'])
  })

  it('rings twice for a shard: what is due is handed out once (F-08)', async () => {
    const release = await publish({
      name: 'waits',
      stages: [{ id: 'pause', component: 'delay', config: { seconds: 3600 } }],
    })
    const seq = await release.start()
    await release.serve(runnerOn(fakeNetwork()))
    vi.setSystemTime(Date.now() + HOUR_MS + 1)
    await Promise.all([runDurableObjectAlarm(release.stub), release.handle.poke(), release.handle.poke()])
    const claims = await Promise.all([1, 2, 3].map(() => release.handle.claim({ max: 50, have: [1] })))
    expect(claims.flatMap(({ work }) => work.map((it) => it.seq))).toEqual([seq])
  })
})

describe('an alarm that comes late', () => {
  it.each([
    ['1 s', 1_000, ['09:00 started']],
    ['5 min', 5 * MINUTE_MS, ['09:00 started']],
    ['26 h', 26 * HOUR_MS, ['09:00 skipped_missed', '09:00 started']],
  ])(
    'by %s: only the newest missed moment is caught up, once, under its own instant (F-09, I8)',
    async (_, lateMs, outcomes) => {
      const deployment = await scheduled('0 9 * * *')
      vi.setSystemTime(NINE + lateMs)
      await runDurableObjectAlarm(deployment.stub)
      expect((await ledger(deployment)).map((line) => line.slice(11, 16) + line.slice(24))).toEqual(outcomes)
      expect(await started(deployment)).toEqual([NINE + (outcomes.length - 1) * DAY_MS])
    },
  )

  it('that is lost for good is armed again by the sweep, for schedules and for accepted work (F-09, I2, I8)', async () => {
    const deployment = await scheduled('0 9 * * *')
    const lose = (stub: Deployment['stub'] | Deployment['shardStub']) =>
      runInDurableObject(stub as Deployment['stub'], (_object, { storage }) => storage.deleteAlarm())
    await lose(deployment.stub)
    await lose(deployment.shardStub)
    vi.setSystemTime(NINE + MINUTE_MS)
    expect(await runDurableObjectAlarm(deployment.stub)).toBe(false)
    const { ref } = deployment.identity
    const sweep = {
      ...createDeploymentSweep(env.DB),
      count: async () => 1,
      cursor: async () => '',
      refs: async () => [ref],
    }
    const deployments: Deployments = () => deployment.handle
    expect(await poke(sweep, deployments, 1, () => undefined)).toBe(1)
    expect(await started(deployment)).toEqual([NINE])
    expect(await runDurableObjectAlarm(deployment.shardStub)).toBe(true)
    vi.setSystemTime(NINE + DAY_MS)
    expect(await runDurableObjectAlarm(deployment.stub)).toBe(true)
  })
})

describe('a clock that jumps', () => {
  it('back by an hour: no moment is started a second time, and the next one still comes (F-10, I8)', async () => {
    const deployment = await scheduled('0 * * * *')
    vi.setSystemTime(NINE)
    await runDurableObjectAlarm(deployment.stub)
    vi.setSystemTime(NINE - HOUR_MS)
    await deployment.handle.poke()
    vi.setSystemTime(NINE)
    await deployment.handle.poke()
    vi.setSystemTime(NINE + HOUR_MS)
    await deployment.handle.poke()
    expect(await ledger(deployment)).toEqual(['2036-01-05T09:00:00.000Z started', '2036-01-05T10:00:00.000Z started'])
  })

  it('ahead by thirty days: one execution for the newest moment, every other one written down as missed (F-10, I8)', async () => {
    const deployment = await scheduled('0 9 * * *')
    vi.setSystemTime(NINE + 30 * DAY_MS)
    await deployment.handle.poke()
    const lines = await ledger(deployment)
    expect(lines.filter((line) => line.endsWith('started'))).toEqual(['2036-02-04T09:00:00.000Z started'])
    expect(lines.filter((line) => line.endsWith('skipped_missed'))).toHaveLength(30)
    expect(await started(deployment)).toHaveLength(1)
  })

  it('back by an hour: a lease is not taken from its holder early, and not kept for ever (F-10, F-25)', async () => {
    const release = await publish({
      name: 'held',
      stages: [{ id: 'pause', component: 'delay', config: { seconds: 3600 } }],
    })
    await release.start()
    const [work] = (await release.handle.claim({ max: 1, have: [1] })).work
    vi.setSystemTime(Date.now() - HOUR_MS)
    await release.handle.poke()
    expect((await release.handle.claim({ max: 1, have: [1] })).work).toEqual([])
    const item = { seq: 0, token: work?.token ?? 0, from: 0, events: [] }
    expect(await release.handle.commit({ items: [item] })).toMatchObject([{ kind: 'ok' }])
    vi.setSystemTime(Date.now() + 30_000)
    await release.handle.poke()
    expect((await release.handle.claim({ max: 1, have: [1] })).work).toHaveLength(1)
  })
})

describe('a day that the zone shortens, lengthens or shifts by half an hour', () => {
  /** Every moment that came while the clock went through a day minute by minute in steps of ten. */
  async function through(cron: string, timezone: string, fromAt: number, hours: number): Promise<readonly string[]> {
    vi.setSystemTime(fromAt)
    const deployment = await scheduled(cron, timezone)
    for (let at = fromAt; at <= fromAt + hours * HOUR_MS; at += 10 * MINUTE_MS) {
      vi.setSystemTime(at)
      await runDurableObjectAlarm(deployment.stub)
    }
    return ledger(deployment)
  }

  it.each([
    // New York: 02:30 does not exist on 2036-03-09; what was fixed to it comes right after the gap.
    ['30 2 * * *', 'America/New_York', Date.UTC(2036, 2, 9, 5), 6, ['2036-03-09T07:00:00.000Z started']],
    // New York: 01:30 comes twice on 2036-11-02; a fixed time is started the first time only.
    ['30 1 * * *', 'America/New_York', Date.UTC(2036, 10, 2, 4), 6, ['2036-11-02T05:30:00.000Z started']],
    // Lord Howe moves by half an hour.
    ['0 9 * * *', 'Australia/Lord_Howe', Date.UTC(2036, 3, 5, 20), 6, ['2036-04-05T22:30:00.000Z started']],
  ])('%s in %s starts once (F-11, I8)', async (cron, timezone, fromAt, hours, fires) => {
    expect(await through(cron, timezone, fromAt, hours)).toEqual(fires)
  })
})
