import { expect, test } from 'vitest'
import type { DeploymentConfig } from '#core/model/deployment-config'
import type { ShardHandle } from '../../../worker/ports/shards'
import { createConfigCache } from '../../../worker/services/config-cache'

/** A cache over one deployment whose epoch is that of the world. */
function cacheOf() {
  const world = { now: 0, asked: 0, epoch: 1 }
  const config = async () => {
    world.asked += 1
    return { ref: 'orders', epoch: world.epoch } as DeploymentConfig
  }
  const cache = createConfigCache(
    () => ({ config }) as unknown as ShardHandle,
    () => world.now,
  )
  return { world, cache }
}

test('a config is asked for once, and again by whoever doubts it', async () => {
  const { world, cache } = cacheOf()
  await cache.get('orders')
  world.epoch = 2
  expect(await cache.get('orders')).toMatchObject({ epoch: 1 })
  expect(await cache.refresh('orders')).toMatchObject({ epoch: 2 })
  expect(await cache.get('orders')).toMatchObject({ epoch: 2 })
  expect(world.asked).toBe(2)
})

test('a flood of refused calls asks twenty times in a second, and what changed meanwhile is heard of in the next', async () => {
  const { world, cache } = cacheOf()
  await cache.get('orders')
  for (let n = 0; n < 1_000; n++) await cache.refresh('orders')
  expect(world.asked).toBe(21)
  world.epoch = 2
  expect(await cache.refresh('orders')).toMatchObject({ epoch: 1 })
  world.now = 1_000
  expect(await cache.refresh('orders')).toMatchObject({ epoch: 2 })
})

test('an older config never takes the place of a newer one', async () => {
  const { cache } = cacheOf()
  cache.put({ ref: 'orders', epoch: 3 } as DeploymentConfig)
  cache.put({ ref: 'orders', epoch: 2 } as DeploymentConfig)
  expect(await cache.get('orders')).toMatchObject({ epoch: 3 })
})
