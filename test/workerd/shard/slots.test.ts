import { evictDurableObject, runDurableObjectAlarm } from 'cloudflare:test'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { AcceptRequest } from '#core/shard/wire'
import { acceptRequest, accepted, lent, openTestShard, releaseParts, seqOf } from '../support/open-shard'

const RESULT = '{"output":null,"error":null,"startedAt":1,"endedAt":2}'
const claimAll = { max: 50, have: [1] }

afterEach(() => {
  vi.useRealTimers()
})

async function shardWith(concurrency: number) {
  const release = releaseParts(1, { pure: true, concurrency })
  const { stub, config } = await openTestShard({ quota: concurrency, releases: [release.summary] }, release)
  const scope = { organizationId: config.organizationId }
  const accept = async (concurrencyKey?: string, more: Partial<AcceptRequest> = {}) => {
    const key = concurrencyKey === undefined ? {} : { concurrencyKey }
    const cause = { type: 'manual', triggerId: null, actor: null, ...key } as const
    return seqOf(accepted(await stub.accept(acceptRequest({ cause, ...more }))).id)
  }
  const claim = async () => (await stub.claim(claimAll)).work
  const end = (work: { seq: number; token: number }) =>
    stub.finish({ items: [{ ...work, from: 0, events: [], status: 'completed', result: RESULT }] })
  return { stub, scope, accept, claim, end }
}

const seqs = (work: readonly { seq: number }[]) => work.map(({ seq }) => seq)

describe('slots', () => {
  it('each key has the limit for itself, those without a key share one; the others queue (I9)', async () => {
    const { stub, accept, claim, end } = await shardWith(2)
    for (const key of ['a', 'a', 'a', 'b', undefined, undefined, undefined]) await accept(key)
    await lent(stub, 4)
    const first = await claim()
    expect(seqs(first)).toEqual([0, 1, 3, 4, 5])
    expect(await claim()).toEqual([])
    for (const work of first.slice(0, 1)) await end(work)
    expect(seqs(await claim())).toEqual([2])
    await end(first[3]!)
    expect(seqs(await claim())).toEqual([6])
  })

  it('what waits in a key’s queue may be cancelled, and frees nobody’s slot twice (I9)', async () => {
    const { stub, scope, accept, claim, end } = await shardWith(1)
    for (let n = 0; n < 4; n++) await accept('a')
    const [first] = await claim()
    await stub.cancel({ ...scope, seq: 1, reason: '', actor: null })
    expect(await claim()).toEqual([])
    await stub.cancel({ ...scope, seq: first?.seq ?? 0, reason: '', actor: null })
    expect(await end(first!)).toEqual([{ kind: 'fenced' }])
    expect(seqs(await claim())).toEqual([2])
    expect(await claim()).toEqual([])
  })

  it('a slot is held while its execution waits', async () => {
    const { stub, accept, claim } = await shardWith(1)
    for (let n = 0; n < 2; n++) await accept('a')
    const [work] = await claim()
    await stub.park({
      items: [{ seq: 0, token: work?.token ?? 0, from: 0, events: ['{}'], wakeAt: Date.now() + 60_000 }],
    })
    expect(await claim()).toEqual([])
  })

  it('one that is delayed holds no slot, reads as pending and starts when its time has come', async () => {
    const { stub, scope, accept, claim } = await shardWith(1)
    await accept('a', { delayMs: 60_000 })
    await accept('a')
    expect(await stub.peek({ ...scope, seq: 0 })).toMatchObject({ status: 'pending' })
    const [second] = await claim()
    expect(second?.seq).toBe(1)
    await evictDurableObject(stub)
    vi.setSystemTime(Date.now() + 61_000)
    await stub.finish({
      items: [{ seq: 1, token: second?.token ?? 0, from: 0, events: [], status: 'completed', result: RESULT }],
    })
    await runDurableObjectAlarm(stub)
    expect(seqs(await claim())).toEqual([0])
  })

  it('a delay comes on top of the time an execution has', async () => {
    const { stub, scope, accept } = await shardWith(1)
    await accept(undefined, { delayMs: 60_000, timeoutMs: 10_000 })
    vi.setSystemTime(Date.now() + 65_000)
    await runDurableObjectAlarm(stub)
    expect(await stub.peek({ ...scope, seq: 0 })).toMatchObject({ status: 'pending' })
    vi.setSystemTime(Date.now() + 6_000)
    await runDurableObjectAlarm(stub)
    expect(await stub.peek({ ...scope, seq: 0 })).toMatchObject({ status: 'timed_out' })
  })

  it('what nobody started in time is timed out as ttl_expired, and never claimed', async () => {
    const { stub, scope, accept, claim } = await shardWith(1)
    const now = Date.now()
    await accept()
    const cause = { type: 'manual', triggerId: null, actor: null, startBy: now + 5_000 } as const
    await accept(undefined, { cause })
    const [first] = await claim()
    vi.setSystemTime(now + 5_001)
    await stub.finish({
      items: [{ seq: 0, token: first?.token ?? 0, from: 0, events: [], status: 'completed', result: RESULT }],
    })
    expect(await claim()).toEqual([])
    await runDurableObjectAlarm(stub)
    expect(await stub.peek({ ...scope, seq: 1 })).toMatchObject({
      status: 'timed_out',
      result: expect.stringContaining('"code":"ttl_expired"') as string,
    })
  })

  it('what was started in time is not stopped by its ttl', async () => {
    const { stub, scope, accept, claim } = await shardWith(1)
    const now = Date.now()
    await accept(undefined, { cause: { type: 'manual', triggerId: null, actor: null, startBy: now + 5_000 } })
    await claim()
    vi.setSystemTime(now + 10_000)
    await runDurableObjectAlarm(stub)
    expect(await stub.peek({ ...scope, seq: 0 })).toMatchObject({ status: 'running' })
  })

  it.each(['accepted', 'claimed', 'committed', 'parked', 'finished'])(
    'an object that restarts after one was %s neither loses a slot nor gives one too many (I9)',
    async (point) => {
      const { stub, accept, claim, end } = await shardWith(2)
      const now = Date.now()
      for (let n = 0; n < 6; n++) await accept('a')
      const held = point === 'accepted' ? [] : await claim()
      const [first] = held
      const item = { seq: first?.seq ?? 0, token: first?.token ?? 0, from: 0, events: ['{"v":1,"at":1}'] }
      if (point === 'committed') await stub.commit({ items: [item] })
      if (point === 'parked') await stub.park({ items: [{ ...item, wakeAt: now + 3_600_000 }] })
      if (point === 'finished') await end(first!)
      await evictDurableObject(stub)
      expect(await claim()).toEqual([])
      // Every holder is gone: after the grace whoever never began waits again, whoever did is served again.
      vi.setSystemTime(now + 60_000)
      await runDurableObjectAlarm(stub)
      let ended = point === 'finished' ? 1 : 0
      let most = 0
      for (let work = await claim(); work.length > 0; work = await claim()) {
        most = Math.max(most, work.length + (point === 'parked' ? 1 : 0))
        for (const { seq, token, events } of work) {
          await stub.finish({ items: [{ seq, token, from: events, events: [], status: 'completed', result: RESULT }] })
          ended += 1
        }
      }
      expect(most).toBe(2)
      expect(ended).toBe(point === 'parked' ? 5 : 6)
    },
  )
})
