import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { accepted, acceptRequest, lent, openTestShard } from '../support/open-shard'

const LEASE_MS = 30_000
const RESULT = '{"output":null,"error":null,"startedAt":1,"endedAt":2}'

function passTime(ms: number): void {
  vi.setSystemTime(Date.now() + ms)
}

afterEach(() => {
  vi.useRealTimers()
})

const claimOne = { max: 1, have: [] }

describe('leases', () => {
  it('work is handed out once while its lease lasts', async () => {
    const { stub } = await openTestShard()
    await stub.accept(acceptRequest())
    expect((await stub.claim(claimOne)).work).toHaveLength(1)
    expect((await stub.claim(claimOne)).work).toHaveLength(0)
  })

  it('a runner gets at most five executions that touch the network, oldest first', async () => {
    const { stub } = await openTestShard()
    for (let n = 0; n < 7; n++) await stub.accept(acceptRequest())
    await lent(stub, 4)
    const { work } = await stub.claim({ max: 50, have: [] })
    expect(work.map(({ seq }) => seq)).toEqual([0, 1, 2, 3, 4])
  })

  it('after its lease ran out an execution goes to the next runner, and the first is fenced (I3, I4)', async () => {
    const { stub } = await openTestShard()
    await stub.accept(acceptRequest())
    const [first] = (await stub.claim(claimOne)).work
    passTime(LEASE_MS + 1)
    await runDurableObjectAlarm(stub)
    const [second] = (await stub.claim(claimOne)).work
    expect(second?.token).toBe((first?.token ?? 0) + 1)
    const item = { seq: 0, from: 0, events: ['{"v":1}'] }
    expect(await stub.commit({ items: [{ ...item, token: first?.token ?? 0 }] })).toEqual([{ kind: 'fenced' }])
    expect(await stub.commit({ items: [{ ...item, token: second?.token ?? 0 }] })).toMatchObject([{ kind: 'ok' }])
  })

  it('a renewed lease holds beyond its first end', async () => {
    const { stub } = await openTestShard()
    await stub.accept(acceptRequest())
    const [work] = (await stub.claim(claimOne)).work
    passTime(20_000)
    await stub.renew({ items: [{ seq: 0, token: work?.token ?? 0 }] })
    passTime(20_000)
    await runDurableObjectAlarm(stub)
    expect((await stub.claim(claimOne)).work).toHaveLength(0)
  })

  it('a repeated commit is answered ok and appended once; a gap is fenced (I3)', async () => {
    const { stub, config } = await openTestShard()
    await stub.accept(acceptRequest())
    const [work] = (await stub.claim(claimOne)).work
    const item = { seq: 0, token: work?.token ?? 0, from: 0, events: ['{"a":1}', '{"b":2}'] }
    await stub.commit({ items: [item] })
    expect(await stub.commit({ items: [item] })).toMatchObject([{ kind: 'ok' }])
    expect(await stub.commit({ items: [{ ...item, from: 5 }] })).toEqual([{ kind: 'fenced' }])
    const seen = await stub.read({ organizationId: config.organizationId, seq: 0 })
    expect(seen).toMatchObject({ record: { journal: ['{"a":1}', '{"b":2}'], events: 2 } })
  })

  it('after a restart the holder goes on, and nobody else is let in for as long as a lease lasts (crash table: shard restarts)', async () => {
    const { stub } = await openTestShard()
    await stub.accept(acceptRequest())
    const [work] = (await stub.claim(claimOne)).work
    await evictDurableObject(stub)
    expect((await stub.claim(claimOne)).work).toHaveLength(0)
    const item = { seq: 0, token: work?.token ?? 0, from: 0, events: ['{"a":1}'] }
    expect(await stub.commit({ items: [item] })).toMatchObject([{ kind: 'ok' }])
  })

  it('after a restart work whose runner died is served again once the grace is over', async () => {
    const { stub } = await openTestShard()
    await stub.accept(acceptRequest())
    const [work] = (await stub.claim(claimOne)).work
    await evictDurableObject(stub)
    await stub.config()
    passTime(LEASE_MS + 1)
    await runDurableObjectAlarm(stub)
    const [again] = (await stub.claim(claimOne)).work
    expect(again?.token).toBe((work?.token ?? 0) + 1)
  })

  it('an execution whose runners die five times without progress ends as poisoned', async () => {
    const { stub, config } = await openTestShard()
    await stub.accept(acceptRequest())
    for (let n = 0; n < 6; n++) {
      await stub.claim(claimOne)
      passTime(LEASE_MS + 1)
      await runDurableObjectAlarm(stub)
    }
    const seen = await stub.peek({ organizationId: config.organizationId, seq: 0 })
    const { status, result } = { result: '', status: '', ...seen }
    expect([status, JSON.parse(result ?? '')]).toMatchObject(['failed', { error: { code: 'poisoned' } }])
  })

  it('a journal beyond 64 KB continues in parts and is read back whole', async () => {
    const { stub, config } = await openTestShard()
    await stub.accept(acceptRequest())
    const [work] = (await stub.claim(claimOne)).work
    const lines = Array.from({ length: 8 }, (_, n) => JSON.stringify({ n, text: 'x'.repeat(20_000) }))
    for (const [from, line] of lines.entries()) {
      await stub.commit({ items: [{ seq: 0, token: work?.token ?? 0, from, events: [line] }] })
    }
    await evictDurableObject(stub)
    const seen = await stub.read({ organizationId: config.organizationId, seq: 0 })
    expect(seen).toMatchObject({ record: { journal: lines } })
  })

  it('a journal beyond 64 KB keeps its order over a restart (I3)', async () => {
    const { stub, config } = await openTestShard()
    await stub.accept(acceptRequest())
    const [work] = (await stub.claim(claimOne)).work
    const lines = [10, 70_000, 10].map((chars, n) => JSON.stringify({ n, text: 'x'.repeat(chars) }))
    for (const [from, line] of lines.entries()) {
      await stub.commit({ items: [{ seq: 0, token: work?.token ?? 0, from, events: [line] }] })
      await evictDurableObject(stub)
    }
    const seen = await stub.read({ organizationId: config.organizationId, seq: 0 })
    expect(seen).toMatchObject({ record: { journal: lines } })
  })

  it('an event longer than a row may be is kept whole, in every alphabet (I3)', async () => {
    const { stub, config } = await openTestShard()
    await stub.accept(acceptRequest())
    const [work] = (await stub.claim(claimOne)).work
    const lines = ['好'.repeat(1_500_000), `x${'😀'.repeat(700_000)}`, 'end'].map((text) => JSON.stringify({ text }))
    for (const [from, line] of lines.entries()) {
      await stub.commit({ items: [{ seq: 0, token: work?.token ?? 0, from, events: [line] }] })
    }
    await evictDurableObject(stub)
    const seen = await stub.read({ organizationId: config.organizationId, seq: 0 })
    expect(seen !== null && 'record' in seen && seen.record.journal.every((line, n) => line === lines[n])).toBe(true)
    const [sizes] = await runInDurableObject(stub, (_object, { storage }) =>
      storage.sql.exec<{ bytes: number }>('SELECT max(octet_length(body)) AS bytes FROM journal_0').toArray(),
    )
    expect(sizes?.bytes).toBeLessThan(2_000_000)
  })

  it('a long journal to start from is kept outside the row, whole and in order', async () => {
    const { stub } = await openTestShard()
    const seed = Array.from({ length: 12 }, (_, n) => JSON.stringify({ n, text: '好'.repeat(250_000) }))
    await stub.accept(acceptRequest({ seed }))
    const [work] = (await stub.claim(claimOne)).work
    expect(work?.journal).toEqual(seed)
    const sizes = await runInDurableObject(stub, (_object, { storage }) =>
      storage.sql
        .exec<{ bytes: number }>(
          'SELECT octet_length(journal) AS bytes FROM execution_0 UNION ALL SELECT octet_length(body) FROM journal_0',
        )
        .toArray(),
    )
    expect(Math.max(...sizes.map(({ bytes }) => bytes))).toBeLessThan(2_000_000)
    await stub.park({ items: [{ seq: 0, token: work?.token ?? 0, from: 12, events: ['{}'], wakeAt: 0 }] })
    await runDurableObjectAlarm(stub)
    expect((await stub.claim(claimOne)).work[0]?.journal).toEqual([...seed, '{}'])
  })

  it('a holder that comes back before anybody else claimed has the execution to itself again (I4)', async () => {
    const { stub } = await openTestShard()
    await stub.accept(acceptRequest())
    const [work] = (await stub.claim(claimOne)).work
    passTime(LEASE_MS + 1)
    await runDurableObjectAlarm(stub)
    const item = { seq: 0, token: work?.token ?? 0, from: 0, events: ['{}'] }
    expect(await stub.commit({ items: [item] })).toMatchObject([{ kind: 'ok' }])
    expect((await stub.claim(claimOne)).work).toHaveLength(0)
  })

  it('no more executions run at once than the quota, and a slot is free again when one ends (I9)', async () => {
    const { stub } = await openTestShard({ quota: 2 })
    for (let n = 0; n < 3; n++) await stub.accept(acceptRequest())
    await lent(stub, 1)
    const { work } = await stub.claim({ max: 50, have: [] })
    expect(work).toHaveLength(2)
    expect((await stub.claim({ max: 50, have: [] })).work).toHaveLength(0)
    const [first] = work
    const ending = { seq: 0, token: first?.token ?? 0, from: 0, events: [], status: 'completed' as const }
    await stub.finish({ items: [{ ...ending, result: '{"output":null,"error":null,"startedAt":1,"endedAt":2}' }] })
    expect((await stub.claim({ max: 50, have: [] })).work).toHaveLength(1)
  })

  it('whoever waits for a slot comes before whoever would run at once', async () => {
    const { stub } = await openTestShard({ quota: 1 })
    await stub.accept(acceptRequest())
    expect(accepted(await stub.accept(acceptRequest({ claim: true }))).lease).toBeUndefined()
    expect((await stub.claim(claimOne)).work).toMatchObject([{ seq: 0 }])
  })

  it('after a restart no more executions run at once than the quota (I9)', async () => {
    const { stub } = await openTestShard({ quota: 2 })
    for (let n = 0; n < 4; n++) await stub.accept(acceptRequest())
    await evictDurableObject(stub)
    await stub.config()
    passTime(LEASE_MS + 1)
    await runDurableObjectAlarm(stub)
    expect((await stub.claim({ max: 50, have: [] })).work).toHaveLength(2)
    expect((await stub.claim({ max: 50, have: [] })).work).toHaveLength(0)
  })

  it('after a restart whoever may have begun comes before whoever was accepted later (I9)', async () => {
    const { stub } = await openTestShard({ quota: 1 })
    await stub.accept(acceptRequest())
    await stub.claim(claimOne)
    await stub.accept(acceptRequest())
    await evictDurableObject(stub)
    await stub.accept(acceptRequest())
    passTime(LEASE_MS + 1)
    await runDurableObjectAlarm(stub)
    const served: number[] = []
    for (let [work] = (await stub.claim(claimOne)).work; work !== undefined;) {
      served.push(work.seq)
      const { seq, token } = work
      await stub.finish({ items: [{ seq, token, from: 0, events: [], status: 'completed', result: RESULT }] })
      ;[work] = (await stub.claim(claimOne)).work
    }
    expect(served).toEqual([0, 1, 2])
  })

  it('accepted ids differ although many arrive at once', async () => {
    const { stub } = await openTestShard()
    const answers = await Promise.all(Array.from({ length: 200 }, () => stub.accept(acceptRequest())))
    expect(new Set(answers.map((answer) => accepted(answer).id)).size).toBe(200)
  })
})
