import { evictDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { AcceptRequest, Ran } from '#core/shard/wire'
import { acceptRequest, accepted, openTestShard, releaseParts, seqOf } from '../support/open-shard'

const RESULT = '{"output":2,"error":null,"startedAt":1,"endedAt":2}'

afterEach(() => {
  vi.useRealTimers()
})

function ran(more: Partial<Ran> = {}): Ran {
  return {
    events: ['{"v":1,"type":"a"}', '{"v":1,"type":"b"}'],
    status: 'completed',
    result: RESULT,
    at: Date.now(),
    ...more,
  }
}

async function pureShard(quota = 2, changes: Parameters<typeof releaseParts>[1] = {}) {
  const release = releaseParts(1, { pure: true, ...changes })
  const { stub, config } = await openTestShard({ quota, releases: [release.summary] }, release)
  const scope = { organizationId: config.organizationId }
  const accept = (more: Partial<AcceptRequest> = {}) => stub.accept(acceptRequest({ claim: true, ran: ran(), ...more }))
  return { stub, config, scope, accept }
}

describe('an execution that was run before it was accepted', () => {
  it('is written with its end: it holds no slot, rings nobody, and is read like any other (I1, I9)', async () => {
    const { stub, config, scope, accept } = await pureShard(1)
    const answers = [await accept(), await accept({ ran: ran({ status: 'failed' }) })]
    expect(answers).toMatchObject([
      { kind: 'accepted', duplicate: false, ring: 0, ended: true },
      { kind: 'accepted', duplicate: false, ring: 0, ended: true },
    ])
    expect(await stub.peek({ ...scope, seq: 0 })).toMatchObject({ status: 'completed', result: RESULT })
    expect(await stub.read({ ...scope, seq: 1 })).toMatchObject({
      record: { status: 'failed', events: 2, journal: ran().events, payload: '{"n":1}' },
    })
    expect(await stub.push({ config, releases: [] })).toMatchObject({ running: 0 })
    expect(await stub.claim({ max: 50, have: [1] })).toMatchObject({ work: [], ring: 0 })
  })

  it('counts for nothing where it is past its limit when it arrives: it is run again', async () => {
    const { accept } = await pureShard()
    expect(accepted(await accept({ ran: ran({ at: Date.now() - 2_000 }), timeoutMs: 1_000 }))).toMatchObject({
      lease: { journal: [] },
    })
  })

  it('is told to the index also when the shard restarts first (I12)', async () => {
    const { stub, scope, accept } = await pureShard()
    const { id } = accepted(await accept())
    await evictDurableObject(stub)
    expect(await stub.peek({ ...scope, seq: seqOf(id) })).toMatchObject({ status: 'completed' })
    await stub.poke()
    const row = env.DB.prepare('SELECT status FROM executions WHERE id = ?').bind(id)
    await expect.poll(() => row.first<{ status: string }>()).toEqual({ status: 'completed' })
    expect(seqOf(accepted(await accept()).id)).toBe(1)
  })

  it('is made once per key and per call; a repeat finds the first one, whatever its own run came to (I1)', async () => {
    const { accept, stub, scope } = await pureShard()
    const first = accepted(await accept({ key: 'k', fingerprint: 'f', nonce: 'once' }))
    const other = ran({ status: 'failed', result: '{"output":3,"error":null,"startedAt":1,"endedAt":2}' })
    const repeats = [
      await accept({ key: 'k', fingerprint: 'f', ran: other }),
      await accept({ nonce: 'once', retry: true, ran: other }),
    ]
    expect(repeats).toEqual(Array(2).fill({ kind: 'accepted', id: first.id, duplicate: true, ring: 0 }))
    expect(await accept({ key: 'k', fingerprint: 'another' })).toEqual({ kind: 'refused', code: 'key_reused' })
    expect(await stub.peek({ ...scope, seq: 0 })).toMatchObject({ status: 'completed', result: RESULT })
    expect(await stub.peek({ ...scope, seq: 1 })).toBeNull()
  })

  it('counts for nothing where it would have had to wait: it is run when its turn comes (I9)', async () => {
    const { stub, accept } = await pureShard(1)
    const holder = accepted(await accept({ ran: undefined } as never))
    expect(holder.lease).toBeDefined()
    const second = accepted(await accept())
    expect(second).toMatchObject({ duplicate: false, ring: 0 })
    expect([second.ended, second.lease]).toEqual([undefined, undefined])
    const done = { seq: 0, token: 1, from: 0, events: [], status: 'completed' as const, result: RESULT }
    await stub.finish({ items: [done] })
    expect((await stub.claim({ max: 50, have: [1] })).work).toMatchObject([{ seq: 1, journal: [] }])
  })

  it.each<[string, Partial<AcceptRequest>]>([
    ['has a journal to start from', { seed: ['{"v":1,"type":"a"}'] }],
    ['is delayed', { delayMs: 1_000 }],
    ['shares the limit of a key', { cause: { type: 'manual', triggerId: null, actor: null, concurrencyKey: 'k' } }],
    [
      'is waited for by another',
      {
        cause: {
          type: 'workflow',
          triggerId: null,
          actor: null,
          parent: { executionId: 'exec_1', stage: 's', depth: 1, waits: true },
        },
      },
    ],
  ])('does not count where it %s', async (_, more) => {
    const { accept } = await pureShard()
    expect(accepted(await accept(more)).ended).toBeUndefined()
  })

  it('does not count for a release that touches anything, or may wait', async () => {
    for (const changes of [{ pure: false }, { inline: false }]) {
      const { accept } = await pureShard(1, changes)
      expect(accepted(await accept()).ended).toBeUndefined()
    }
  })

  it('is accepted by the release that is live now, or not at all (I7)', async () => {
    const { stub, config, accept } = await pureShard()
    const newer = { ...config, epoch: 2, status: 'paused' as const }
    await stub.push({ config: newer, releases: [] })
    expect(await accept()).toMatchObject({ kind: 'stale', config: { epoch: 2 } })
    expect(await accept({ epoch: 2 })).toEqual({ kind: 'refused', code: 'paused' })
    expect(await accept({ epoch: 2, pin: 9 })).toEqual({ kind: 'refused', code: 'paused' })
  })

  it('was accepted when its run began, but never in the future nor long ago', async () => {
    const now = 1_900_000_000_000
    vi.setSystemTime(now)
    const { stub, scope, accept } = await pureShard()
    for (const at of [now - 3, now + 60_000, now - 3_600_000]) await accept({ ran: ran({ at }), timeoutMs: 60_000 })
    const times = []
    for (const seq of [0, 1, 2]) {
      const seen = await stub.read({ ...scope, seq })
      if (seen !== null && 'record' in seen) times.push([now - seen.record.acceptedAt, seen.record.deadlineAt - now])
    }
    expect(times).toEqual([
      [3, 59_997],
      [0, 60_000],
      [10_000, 50_000],
    ])
  })
})
