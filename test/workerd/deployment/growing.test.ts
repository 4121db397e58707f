import { runDurableObjectAlarm } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { homeShard } from '#core/model/home-shard'
import { parseExecutionId } from '#core/model/execution-id'
import type { AcceptRequest } from '#core/shard/wire'
import type { ShardHandle } from '../../../worker/ports/shards'
import { acceptAtHome } from '../../../worker/services/accept-at-home'
import { accepted, acceptRequest } from '../support/open-shard'
import { testDeployment } from '../support/test-deployment'

/** A deployed workflow, with all its shards at hand. */
async function growing(quota = 100) {
  const deployment = testDeployment()
  await deployment.deploy(1, { quota })
  const shard = (no: number) => env.SHARDS.getByName(`dep:${deployment.identity.ref}:${no}`) as unknown as ShardHandle
  const configOf = async () => (await shard(0).config())!
  return {
    ...deployment,
    shardAt: shard,
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

const KEYS = Array.from({ length: 40 }, (_, n) => `key-${n}`)

describe('a deployment that grows', () => {
  it.each([4, 16, 64])('to %i shards takes new executions on all of them', { timeout: 60_000 }, async (shards) => {
    const place = await growing(1_000)
    expect(await place.scale(shards)).toMatchObject({ kind: 'done', shardsPending: [], snapshot: { shards } })
    const keys = Array.from({ length: shards * 8 }, (_, n) => `order-${n}`)
    const answers = await Promise.all(keys.map((key) => place.accept(key)))
    const used = new Set(answers.map((answer) => parseExecutionId(accepted(answer).id)?.shard))
    expect(used.size).toBe(shards)
  })

  it('answers a repeated key with the execution it made before it grew, and again after growing twice (I1)', async () => {
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
  })

  it('opens no new shard before the old ones have heard of it: a key is never taken by both', async () => {
    const place = await growing()
    const old = await place.configOf()
    await place.scale(4)
    const stale = acceptRequest({ epoch: old.epoch, key: 'late', fingerprint: 'same' })
    expect((await place.shardAt(0).accept(stale)).kind).toBe('stale')
    const behind = { organizationId: old.organizationId, hash: 'k', fingerprint: 'same', epoch: old.epoch + 2 }
    expect(await place.shardAt(0).findKey(behind)).toEqual({ kind: 'behind' })
  })

  it('never runs more at once than its limit, and hands on what has ended (I9)', async () => {
    const place = await growing(8)
    for (let n = 0; n < 8; n++) await place.shardAt(0).accept(acceptRequest({ epoch: 1 }))
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
    await runDurableObjectAlarm(place.stub)
    await runDurableObjectAlarm(place.stub)
    for (const no of [1, 2, 3]) expect((await place.shardAt(no).claim({ max: 50, have: [] })).work).toHaveLength(1)
  })

  it('uses fewer shards again when its limit leaves some without a slot, and still knows their keys', async () => {
    const place = await growing(1_000)
    await place.scale(16)
    const before = new Map<string, string>()
    for (const key of KEYS) before.set(key, accepted(await place.accept(key)).id)
    await place.deploy(2, { quota: 3 })
    expect(await place.configOf()).toMatchObject({ shards: 1 })
    for (const key of KEYS) {
      expect(await place.accept(key, { pin: 2 })).toMatchObject({ duplicate: true, id: before.get(key) })
    }
  })

  it('is never made smaller', async () => {
    const place = await growing()
    await place.scale(4)
    expect(await place.scale(1)).toEqual({ kind: 'cannot_shrink' })
  })
})
