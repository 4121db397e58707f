import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createTraceBlocks } from '../../../worker/adapters/r2/trace-blocks'
import { acceptRequest, lent, openTestShard, releaseParts } from '../support/open-shard'

const RESULT = '{"output":{"ok":true},"error":null,"startedAt":1,"endedAt":2}'
const claimOne = { max: 1, have: [] }

afterEach(() => {
  vi.useRealTimers()
})

describe('ends', () => {
  it('a parked execution sleeps until its instant and is then served again', async () => {
    const { stub, config } = await openTestShard()
    await stub.accept(acceptRequest())
    const [work] = (await stub.claim(claimOne)).work
    const wakeAt = Date.now() + 60_000
    await stub.park({ items: [{ seq: 0, token: work?.token ?? 0, from: 0, events: ['{}'], wakeAt }] })
    expect(await stub.peek({ organizationId: config.organizationId, seq: 0 })).toMatchObject({ status: 'waiting' })
    expect((await stub.claim(claimOne)).work).toHaveLength(0)
    vi.setSystemTime(wakeAt + 1)
    await runDurableObjectAlarm(stub)
    expect((await stub.claim(claimOne)).work).toMatchObject([{ seq: 0, events: 1 }])
  })

  it('cancelling what nobody holds ends it at once, and the end is never overwritten (I11, I14)', async () => {
    const { stub, config } = await openTestShard()
    const scope = { organizationId: config.organizationId, seq: 0 }
    await stub.accept(acceptRequest())
    expect(await stub.cancel({ ...scope, reason: 'wrong order', actor: 'user_1' })).toBe('recorded')
    expect(await stub.peek(scope)).toMatchObject({ status: 'cancelled' })
    expect(await stub.cancel({ ...scope, reason: 'again', actor: null })).toBe('terminal')
    expect((await stub.claim(claimOne)).work).toHaveLength(0)
  })

  it('an execution that is cancelled while it waits tells when it began', async () => {
    const { stub, config } = await openTestShard()
    const scope = { organizationId: config.organizationId, seq: 0 }
    await stub.accept(acceptRequest())
    const [work] = (await stub.claim(claimOne)).work
    const item = { seq: 0, token: work?.token ?? 0, from: 0, events: ['{"v":1,"type":"stage_started","at":1234}'] }
    await stub.park({ items: [{ ...item, wakeAt: Date.now() + 60_000 }] })
    await stub.cancel({ ...scope, reason: '', actor: null })
    expect(await stub.peek(scope)).toMatchObject({ result: expect.stringContaining('"startedAt":1234') as string })
  })

  it('a cancel ends what a runner holds at once; whatever that runner writes comes too late (I11, I14)', async () => {
    const { stub, config } = await openTestShard()
    const scope = { organizationId: config.organizationId, seq: 0 }
    await stub.accept(acceptRequest())
    const [work] = (await stub.claim(claimOne)).work
    await stub.cancel({ ...scope, reason: 'stop', actor: null })
    const base = { seq: 0, token: work?.token ?? 0 }
    const [answer] = await stub.commit({ items: [{ ...base, from: 0, events: ['{}'] }] })
    expect(answer).toEqual({ kind: 'fenced' })
    const [end] = await stub.finish({ items: [{ ...base, from: 0, events: [], status: 'completed', result: RESULT }] })
    expect(end).toEqual({ kind: 'fenced' })
    expect(await stub.peek(scope)).toMatchObject({ status: 'cancelled' })
  })

  it('an execution past its limit that nobody holds is timed out by the shard (I2)', async () => {
    const { stub, config } = await openTestShard()
    await stub.accept(acceptRequest({ timeoutMs: 1_000 }))
    vi.setSystemTime(Date.now() + 1_001)
    await runDurableObjectAlarm(stub)
    expect(await stub.peek({ organizationId: config.organizationId, seq: 0 })).toMatchObject({ status: 'timed_out' })
  })

  it('a limit of less than five seconds is looked at when it is over, also of what was parked meanwhile (I2)', async () => {
    // Far ahead: the platform's own clock rings none of these alarms meanwhile.
    vi.setSystemTime(Date.UTC(2036, 0, 5, 9, 0))
    const { stub } = await openTestShard({}, releaseParts(1, { timeoutMs: 3_000 }))
    const armedFor = () => runInDurableObject(stub, (_object, { storage }) => storage.getAlarm())
    await stub.accept(acceptRequest())
    const overAt = Date.now() + 3_000
    expect(await armedFor()).toBeLessThanOrEqual(overAt)
    const [work] = (await stub.claim(claimOne)).work
    vi.setSystemTime(overAt - 1_000)
    await runDurableObjectAlarm(stub)
    await stub.park({
      items: [{ seq: 0, token: work?.token ?? 0, from: 0, events: [], wakeAt: Date.now() + 60_000 }],
    })
    expect(await armedFor()).toBeLessThanOrEqual(overAt)
  })

  it('a repeated finish is answered alike and changes nothing', async () => {
    const { stub } = await openTestShard()
    await stub.accept(acceptRequest())
    const [work] = (await stub.claim(claimOne)).work
    const item = {
      seq: 0,
      token: work?.token ?? 0,
      from: 0,
      events: ['{}'],
      status: 'completed' as const,
      result: RESULT,
    }
    expect(await stub.finish({ items: [item] })).toEqual([{ kind: 'ok', status: 'completed' }])
    expect(await stub.finish({ items: [item] })).toEqual([{ kind: 'ok', status: 'completed' }])
    expect(await stub.finish({ items: [{ ...item, token: 9 }] })).toEqual([{ kind: 'fenced' }])
  })

  it('a large input and a large output are kept whole, and nothing on disk exceeds what a row may hold', async () => {
    const { stub, config } = await openTestShard()
    const scope = { organizationId: config.organizationId, seq: 0 }
    const payload = JSON.stringify({ text: '好'.repeat(1_000_000) })
    const result = JSON.stringify({ output: '好'.repeat(900_000), error: null, startedAt: 1, endedAt: 2 })
    await stub.accept(acceptRequest({ payload }))
    const [work] = (await stub.claim(claimOne)).work
    expect(work?.payload).toBe(payload)
    const base = { seq: 0, token: work?.token ?? 0, from: 0, events: [] }
    await stub.finish({ items: [{ ...base, status: 'completed', result }] })
    const rows = await runInDurableObject(stub, (_object, { storage }) =>
      storage.sql
        .exec<{ bytes: number }>(
          `SELECT octet_length(payload) + octet_length(result) + octet_length(journal) AS bytes FROM execution_0
           UNION ALL SELECT octet_length(body) FROM long_0`,
        )
        .toArray(),
    )
    expect(Math.max(...rows.map(({ bytes }) => bytes))).toBeLessThan(1_900_000)
    expect(await stub.peek(scope)).toMatchObject({ status: 'completed', result })
    expect(await stub.read(scope)).toMatchObject({ record: { payload, result } })
  })

  it('a claim brings no more than one answer can carry; the rest follows', async () => {
    const { stub } = await openTestShard({}, releaseParts(1, { pure: true }))
    const payload = JSON.stringify('x'.repeat(1_000_000))
    for (let n = 0; n < 12; n++) await stub.accept(acceptRequest({ payload }))
    await lent(stub, 11)
    const first = (await stub.claim({ max: 50, have: [1] })).work
    const second = (await stub.claim({ max: 50, have: [1] })).work
    expect([first.length, second.length]).toEqual([8, 4])
  })

  it('64 ended executions move to the archive as one block, and each can still be read from it', async () => {
    const { stub, config } = await openTestShard({}, releaseParts(1, { pure: true }))
    const scope = { organizationId: config.organizationId }
    await Promise.all(Array.from({ length: 64 }, (_, n) => stub.accept(acceptRequest({ payload: `{"n":${n}}` }))))
    for (let left = 64; left > 0;) {
      const { work } = await stub.claim({ max: 50, have: [1] })
      const base = { from: 0, events: [], status: 'completed' as const, result: RESULT }
      await stub.finish({ items: work.map(({ seq, token }) => ({ seq, token, ...base })) })
      left -= work.length
    }
    await runDurableObjectAlarm(stub)
    const key = `t/standard/${config.organizationId}/${config.ref}/0/0`
    expect(await stub.read({ ...scope, seq: 7 })).toEqual({ archived: key })
    const archived = await createTraceBlocks(env.BUCKET).read(key, 7)
    expect(archived?.record).toMatchObject({ status: 'completed', payload: '{"n":7}', result: RESULT })
    expect(archived?.release).toMatchObject({ versionId: 'version_1' })
  })

  it('64 large executions are archived one by one, and each can be read', async () => {
    const { stub, config } = await openTestShard({}, releaseParts(1, { pure: true }))
    const payload = (n: number) => JSON.stringify({ n, text: 'x'.repeat(n % 2 === 0 ? 400_000 : 10) })
    for (let n = 0; n < 64; n++) await stub.accept(acceptRequest({ payload: payload(n) }))
    for (let left = 64; left > 0;) {
      const { work } = await stub.claim({ max: 50, have: [1] })
      const base = { from: 0, events: [], status: 'completed' as const, result: RESULT }
      await stub.finish({ items: work.map(({ seq, token }) => ({ seq, token, ...base })) })
      left -= work.length
    }
    await runDurableObjectAlarm(stub)
    const key = `t/standard/${config.organizationId}/${config.ref}/0/0`
    expect(await stub.read({ organizationId: config.organizationId, seq: 63 })).toEqual({ archived: key })
    expect((await env.BUCKET.head(key))?.size).toBeLessThan(1_000_000)
    const blocks = createTraceBlocks(env.BUCKET)
    expect((await blocks.read(key, 6))?.record.payload).toBe(payload(6))
    expect((await blocks.read(key, 7))?.record.payload).toBe(payload(7))
  })

  it('a block that waits for one execution is written after a day; the late one follows by itself', async () => {
    const { stub, config } = await openTestShard({}, releaseParts(1, { pure: true }))
    const scope = { organizationId: config.organizationId }
    for (let n = 0; n < 64; n++) await stub.accept(acceptRequest({ timeoutMs: 72 * 3_600_000 }))
    await lent(stub, 63)
    const finishing = { from: 0, events: [], status: 'completed' as const, result: RESULT }
    const works = [
      ...(await stub.claim({ max: 50, have: [1] })).work,
      ...(await stub.claim({ max: 50, have: [1] })).work,
    ]
    const [late, ...others] = works.map(({ seq, token }) => ({ seq, token, ...finishing }))
    await stub.finish({ items: others })
    if (late === undefined) throw new Error('nothing was claimed')
    await stub.park({ items: [{ ...late, wakeAt: Date.now() + 48 * 3_600_000 }] })
    await runDurableObjectAlarm(stub)
    expect(await stub.read({ ...scope, seq: 1 })).toMatchObject({ record: { seq: 1 } })
    await evictDurableObject(stub)
    vi.setSystemTime(Date.now() + 24 * 3_600_000)
    await stub.poke()
    const key = `t/standard/${config.organizationId}/${config.ref}/0/0`
    expect(await stub.read({ ...scope, seq: 1 })).toEqual({ archived: key })
    expect(await stub.peek({ ...scope, seq: 0 })).toMatchObject({ status: 'waiting' })
    await stub.cancel({ ...scope, seq: 0, reason: '', actor: null })
    await stub.poke()
    expect(await stub.read({ ...scope, seq: 0 })).toEqual({ archived: key })
    const blocks = createTraceBlocks(env.BUCKET)
    expect((await blocks.read(key, 0))?.record).toMatchObject({ status: 'cancelled' })
    expect((await blocks.read(key, 1))?.record).toMatchObject({ status: 'completed' })
  })

  it('an end reaches the execution index once, whole', async () => {
    const { stub, config } = await openTestShard()
    await stub.accept(acceptRequest())
    const [work] = (await stub.claim(claimOne)).work
    const item = { seq: 0, token: work?.token ?? 0, from: 0, events: [], status: 'completed' as const, result: RESULT }
    await stub.finish({ items: [item] })
    await runDurableObjectAlarm(stub)
    const { results } = await env.DB.prepare('SELECT * FROM executions WHERE organization_id = ?')
      .bind(config.organizationId)
      .all()
    expect(results).toMatchObject([
      { id: work?.id, status: 'completed', workflow_name: 'orders', version: 'v1', trigger: 'manual' },
    ])
  })
})
