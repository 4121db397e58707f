import { describe, expect, it } from 'vitest'
import { newDeploymentState, type DeploymentState } from '#core/release/state'
import { routeShards } from '#core/release/route-shards'
import { applyChange } from '#core/release/apply-change'
import { earlierHomes, homeShard, SHARD_COUNTS, SPLIT_REMEMBERED_MS } from '#core/model/home-shard'

const identity = {
  organizationId: 'org_1',
  deploymentId: 'deploy_1',
  ref: 'd000000000001',
  workflowId: 'workflow_1',
  workflowName: 'orders',
  environment: 'production',
  environmentId: 'env_1',
  lane: 0,
}
const actor = { id: 'user_1', email: null }
const state = (changes: Partial<DeploymentState>): DeploymentState => ({ ...newDeploymentState(identity), ...changes })

describe('the number of shards', () => {
  it('grows when asked, and never shrinks', () => {
    const grown = applyChange(state({}), { kind: 'scale', shards: 16 }, { pin: null, actor, at: 5 })
    expect(grown).toMatchObject({ ok: true, value: { shards: 16, epoch: 1 } })
    const shrunk = applyChange(state({ shards: 16 }), { kind: 'scale', shards: 4 }, { pin: null, actor, at: 5 })
    expect(shrunk).toEqual({ ok: false, error: 'cannot_shrink' })
  })

  it('that take new executions is never larger than what may run at once', () => {
    expect(routeShards(state({ shards: 64 }), 1_000, 9)).toMatchObject({
      routed: 64,
      split: { from: 1, to: 64, at: 9 },
    })
    expect(routeShards(state({ shards: 64 }), 20, 9).routed).toBe(16)
    expect(routeShards(state({ shards: 64, routed: 64 }), 3, 9)).toMatchObject({ routed: 1, shards: 64 })
    expect(routeShards(state({ shards: 4, routed: 4 }), 100, 9).split).toBeNull()
  })

  it('remembers every number that was in use while keys are remembered', () => {
    const first = routeShards(state({ shards: 4 }), 1_000, 1_000)
    const second = routeShards({ ...first, shards: 16 }, 1_000, 2_000)
    expect(second.split).toEqual({ from: 1, to: 16, at: 2_000 })
    const late = routeShards({ ...first, shards: 16 }, 1_000, 1_000 + SPLIT_REMEMBERED_MS)
    expect(late.split).toMatchObject({ from: 4, to: 16 })
  })
})

describe('the home of a key', () => {
  const keys = Array.from({ length: 6_400 }, (_, n) => `order-${n}`)

  it('is the same every time, and keys are spread evenly', () => {
    for (const count of SHARD_COUNTS) {
      const loads = new Map<number, number>()
      for (const key of keys) loads.set(homeShard(key, count), (loads.get(homeShard(key, count)) ?? 0) + 1)
      expect(loads.size).toBe(count)
      expect(Math.max(...loads.values())).toBeLessThan((keys.length / count) * 1.6)
    }
  })

  it('is looked for wherever it may have been, for as long as keys are remembered', () => {
    const split = { from: 1, to: 16, at: 1_000 }
    for (const key of keys.slice(0, 200)) {
      const places = earlierHomes(key, { shards: 16, split }, 2_000)
      const expected = new Set([homeShard(key, 1), homeShard(key, 4)])
      expected.delete(homeShard(key, 16))
      expect(new Set(places)).toEqual(expected)
      expect(earlierHomes(key, { shards: 16, split }, 1_000 + SPLIT_REMEMBERED_MS)).toEqual([])
    }
    expect(earlierHomes('order-1', { shards: 16 }, 2_000)).toEqual([])
  })
})
