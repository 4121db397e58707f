import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { homeShard } from '#core/model/home-shard'
import { ok } from '#core/kernel/result'
import { parseExecutionId } from '#core/model/execution-id'
import type { AcceptRequest } from '#core/shard/wire'
import type { ShardHandle } from '../../../worker/ports/shards'
import { acceptAtHome } from '../../../worker/services/accept-at-home'
import { ingressTo } from '../support/ingress-to'
import { accepted, acceptRequest, lent } from '../support/open-shard'
import { fakeNetwork, runnerOn } from '../support/run-release'
import { testDeployment } from '../support/test-deployment'

/** A deployed workflow, with all its shards at hand. */
async function growing(quota = 100) {
  const deployment = testDeployment()
  await deployment.deploy(1, { quota })
  const shard = (no: number) => env.SHARDS.getByName(`dep:${deployment.identity.ref}:${no}`) as unknown as ShardHandle
  const configOf = async () => (await shard(0).config())!
  const audited = () =>
    env.DB.prepare('SELECT action, actor_id, detail FROM audit_log WHERE organization_id = ?')
      .bind(deployment.identity.organizationId)
      .all<{ action: string; actor_id: string; detail: string }>()
  const scales = () =>
    runInDurableObject(deployment.stub, (_object, { storage }) =>
      storage.sql.exec<{ actor: string }>(`SELECT actor FROM change WHERE kind = 'scale'`).toArray(),
    )
  return {
    ...deployment,
    shardAt: shard,
    audited: async () => (await audited()).results,
    scaledBy: async () => (await scales()).map(({ actor }) => (JSON.parse(actor) as { id: string }).id),
    /** Accepts on the first shard, at once. */
    async load(count: number) {
      const { epoch } = await configOf()
      const requests = Array.from({ length: count }, () => acceptRequest({ epoch }))
      return (await shard(0).acceptMany({ requests })).map(accepted)
    },
    shards: async () => (await deployment.handle.status(deployment.scope))?.shards,
    configOf,
    scale: (shards: number) => deployment.apply({ kind: 'scale', shards }),
    /** Accepts as the ingress does, under the config of the moment. */
    async accept(key: string, changes: Partial<AcceptRequest> = {}) {
      const config = await configOf()
      const request = acceptRequest({ epoch: config.epoch, key, home: key, fingerprint: 'same', ...changes })
      const no = homeShard(key, config.shards)
      return acceptAtHome((_ref, place) => shard(place), config, { no, request, now: Date.now() })
    },
  }
}

/** What a shard may accept in its window of ten seconds, unless a setting says otherwise. */
const WINDOW_ACCEPTS_MAX = 2_000

const PATIENTLY = { timeout: 20_000, interval: 50 }

const KEYS = Array.from({ length: 40 }, (_, n) => `key-${n}`)

describe('a deployment that grows', () => {
  it.each([4, 16, 64])('to %i shards takes new executions on all of them', { timeout: 60_000 }, async (shards) => {
    const place = await growing(1_000)
    expect(await place.scale(shards)).toMatchObject({ kind: 'done', snapshot: { shards } })
    await expect.poll(async () => (await place.handle.status(place.scope))?.shardsPending, PATIENTLY).toEqual([])
    const keys = Array.from({ length: shards * 8 }, (_, n) => `order-${n}`)
    const answers = await Promise.all(keys.map((key) => place.accept(key)))
    const used = new Set(answers.map((answer) => parseExecutionId(accepted(answer).id)?.shard))
    expect(used.size).toBe(shards)
  })

  it(
    'answers a repeated key with the execution it made before it grew, and again after growing twice (I1)',
    { timeout: 60_000 },
    async () => {
      const place = await growing(1_000)
      const before = new Map<string, string>()
      for (const key of KEYS) before.set(key, accepted(await place.accept(key)).id)
      for (const shards of [4, 16]) {
        await place.scale(shards)
        for (const key of KEYS) {
          expect(await place.accept(key)).toMatchObject({ kind: 'accepted', duplicate: true, id: before.get(key) })
        }
      }
      expect(await place.accept('key-1', { fingerprint: 'other' })).toEqual({ kind: 'refused', code: 'key_reused' })
    },
  )

  it('opens no new shard before the old ones have heard of it: a key is never taken by both', async () => {
    const place = await growing()
    const old = await place.configOf()
    await place.scale(4)
    const stale = acceptRequest({ epoch: old.epoch, key: 'late', fingerprint: 'same' })
    expect((await place.shardAt(0).accept(stale)).kind).toBe('stale')
    const behind = { organizationId: old.organizationId, hash: 'k', fingerprint: 'same', epoch: old.epoch + 2 }
    expect(await place.shardAt(0).findKey(behind)).toEqual({ kind: 'behind' })
  })

  it('takes a call in that hears of one change after the other on its way', async () => {
    const place = await growing(1_000)
    const sizes = [4, 16, 64]
    const ingress = ingressTo((_ref, no) => place.shardAt(no), runnerOn(fakeNetwork()))
    const answer = await ingress.accept(place.identity.ref, null, async ({ shards }) => {
      const next = sizes.find((size) => size > shards)
      if (next !== undefined) await place.scale(next)
      return ok({ pin: 1, cause: { type: 'webhook', triggerId: 'webhook', actor: null }, payload: '{}', key: 'late' })
    })
    expect(answer).toMatchObject({ ok: true, value: { duplicate: false, config: { shards: 64 } } })
  })

  it('never runs more at once than its limit, and hands on what has ended (I9)', async () => {
    const place = await growing(8)
    for (let n = 0; n < 8; n++) await place.shardAt(0).accept(acceptRequest({ epoch: 1 }))
    await lent(place.shardStub, 7)
    const { work } = await place.shardAt(0).claim({ max: 50, have: [] })
    expect(work).toHaveLength(8)
    await place.scale(4)
    const config = await place.configOf()
    for (const no of [1, 2, 3]) {
      await place.shardAt(no).accept(acceptRequest({ epoch: config.epoch }))
      expect((await place.shardAt(no).claim({ max: 50, have: [] })).work).toEqual([])
    }
    const result = JSON.stringify({ output: null, error: null, startedAt: null, endedAt: 0 })
    const items = work.map(({ seq, token }) => ({
      seq,
      token,
      from: 0,
      events: [],
      status: 'completed' as const,
      result,
    }))
    await place.shardAt(0).finish({ items })
    const quotas = async () => {
      await runDurableObjectAlarm(place.stub)
      return Promise.all([1, 2, 3].map(async (no) => (await place.shardAt(no).config())?.quota))
    }
    await expect.poll(quotas, PATIENTLY).toEqual([2, 2, 2])
    for (const no of [1, 2, 3]) expect((await place.shardAt(no).claim({ max: 50, have: [] })).work).toHaveLength(1)
  })

  it(
    'uses fewer shards again when its limit leaves some without a slot, and still knows their keys',
    { timeout: 60_000 },
    async () => {
      const place = await growing(1_000)
      await place.scale(16)
      const before = new Map<string, string>()
      for (const key of KEYS) before.set(key, accepted(await place.accept(key)).id)
      await place.deploy(2, { quota: 3 })
      expect(await place.configOf()).toMatchObject({ shards: 1 })
      for (const key of KEYS) {
        expect(await place.accept(key, { pin: 2 })).toMatchObject({ duplicate: true, id: before.get(key) })
      }
    },
  )

  it('is never made smaller', async () => {
    const place = await growing()
    await place.scale(4)
    expect(await place.scale(1)).toEqual({ kind: 'cannot_shrink' })
  })
})

describe('a deployment under load', () => {
  afterEach(() => void vi.useRealTimers())

  /** Ten seconds that do not pass, far ahead of the platform's own clock. */
  const standStill = () => vi.setSystemTime(Date.UTC(2036, 0, 5, 9, 0))

  it('grows by itself, and still answers the keys it took before (I1)', { timeout: 60_000 }, async () => {
    standStill()
    const place = await growing(1_000)
    const before = new Map<string, string>()
    for (const key of KEYS) before.set(key, accepted(await place.accept(key)).id)
    await place.load(WINDOW_ACCEPTS_MAX - KEYS.length)
    expect(await place.shards()).toBe(1)
    await place.load(1)
    await expect.poll(place.shards, PATIENTLY).toBe(4)
    expect(await place.configOf()).toMatchObject({ shards: 4, split: { from: 1, to: 4 } })
    for (const key of KEYS) {
      expect(await place.accept(key)).toMatchObject({ kind: 'accepted', duplicate: true, id: before.get(key) })
    }
    expect(await place.accept('key-1', { fingerprint: 'other' })).toEqual({ kind: 'refused', code: 'key_reused' })
    expect(await place.scaledBy()).toEqual(['system'])
    await expect.poll(place.audited, PATIENTLY).toMatchObject([{ action: 'deployment.scaled', actor_id: 'system' }])
  })

  it('never runs more at once than its limit while it grows (I9)', { timeout: 60_000 }, async () => {
    standStill()
    const place = await growing(20)
    await place.load(WINDOW_ACCEPTS_MAX)
    await lent(place.shardStub, 19)
    expect((await place.shardAt(0).claim({ max: 50, have: [] })).work).toHaveLength(20)
    await place.load(1)
    await expect.poll(place.shards, PATIENTLY).toBe(4)
    const { epoch } = await place.configOf()
    for (const no of [0, 1, 2, 3]) {
      await place.shardAt(no).accept(acceptRequest({ epoch }))
      expect((await place.shardAt(no).claim({ max: 50, have: [] })).work).toEqual([])
    }
  })

  it('repeats of a key are no load', { timeout: 60_000 }, async () => {
    standStill()
    const place = await growing(1_000)
    await place.load(WINDOW_ACCEPTS_MAX - 1)
    for (let time = 0; time < 3; time++) await place.accept('again')
    expect(await place.shards()).toBe(1)
    expect(await place.scaledBy()).toEqual([])
  })

  it('grows once when several shards ask at the same time, and not beyond 64', { timeout: 60_000 }, async () => {
    const place = await growing(1_000)
    const ask = (shards: number) => place.handle.grow({ ...place.scope, shards })
    expect(await Promise.all([ask(1), ask(1), ask(1)])).toEqual([4, 4, 4])
    expect(await place.scaledBy()).toEqual(['system'])
    expect([await ask(4), await ask(16), await ask(64), await ask(1)]).toEqual([16, 64, 64, 64])
    expect(await place.shards()).toBe(64)
  })

  it('does not grow while it is paused or undeployed, nor for another organization', async () => {
    const place = await growing(1_000)
    const ask = (organizationId = place.scope.organizationId) => place.handle.grow({ organizationId, shards: 1 })
    expect(await ask('org_other')).toBe(0)
    await place.apply({ kind: 'pause', note: null })
    expect(await ask()).toBe(1)
    await place.apply({ kind: 'undeploy' })
    expect(await ask()).toBe(1)
    expect(await place.scaledBy()).toEqual([])
  })
})
