import { describe, expect, test } from 'vitest'
import { createHashingTurns } from '../../../worker/adapters/crypto/hashing-turns'

/** Turns on a clock that moves when somebody sleeps. */
function turnsOf(waitingMax?: number) {
  const world = { now: 0, underWay: 0, onNap: () => {} }
  const sleep = async (ms: number) => {
    world.now += ms
    world.onNap()
  }
  const take = createHashingTurns({
    clock: () => world.now,
    sleep,
    requestsUnderWay: () => world.underWay,
    ...(waitingMax !== undefined && { waitingMax }),
  })
  return { world, take }
}

describe('passwords to be hashed', () => {
  test('are hashed one at a time, in the order they came', async () => {
    const { world, take } = turnsOf()
    const order: string[] = []
    const first = await take()
    const later = ['second', 'third'].map(async (name) => {
      const turn = await take()
      order.push(name)
      await turn?.rest()
      order.push(`${name} done`)
      turn?.leave()
    })
    world.onNap = () => {
      if (world.now >= 100) first?.leave()
    }
    await Promise.all(later)
    expect(order).toEqual(['second', 'second done', 'third', 'third done'])
  })

  test('rest until others are answered, or for a while when that takes long', async () => {
    const { world, take } = turnsOf()
    const turn = await take()
    world.underWay = 1
    await turn?.rest()
    expect(world.now).toBe(0)
    world.underWay = 2
    world.onNap = () => {
      if (world.now === 4) world.underWay = 1
    }
    await turn?.rest()
    expect(world.now).toBe(4)
    world.onNap = () => {}
    world.underWay = 2
    await turn?.rest()
    expect(world.now).toBe(16)
  })

  test('are alone while no other request is under way, and no other password waits', async () => {
    const { world, take } = turnsOf()
    world.underWay = 1
    const first = await take()
    expect(first?.isAlone).toBe(true)
    first?.leave()
    world.underWay = 2
    expect((await take())?.isAlone).toBe(false)
  })

  test('rest after every second slice while only they are under way', async () => {
    const { world, take } = turnsOf()
    let naps = 0
    world.onNap = () => void (naps += 1)
    world.underWay = 1
    const turn = await take()
    for (let slice = 0; slice < 12; slice++) await turn?.rest()
    expect(naps).toBe(6)
  })

  test('are refused when too many wait, and taken again once they do not', async () => {
    const { take } = turnsOf(0)
    const first = await take()
    expect(await take()).toBeNull()
    first?.leave()
    expect(await take()).not.toBeNull()
  })

  test('do not wait for one whose caller was cut off', async () => {
    const { world, take } = turnsOf()
    await take()
    expect(await take()).not.toBeNull()
    expect(world.now).toBeGreaterThan(5_000)
    expect(world.now).toBeLessThan(6_000)
  })

  test('wait for as long as another one takes, while it is heard of', async () => {
    const { world, take } = turnsOf()
    const first = await take()
    let naps = 0
    world.onNap = () => {
      naps += 1
      if (naps % 2 === 1) void first?.rest()
      if (world.now > 60_000) first?.leave()
    }
    await take()
    expect(world.now).toBeGreaterThan(60_000)
  })

  test('leave the turn of another one alone when they end late', async () => {
    const { world, take } = turnsOf(0)
    const late = await take()
    world.now = 10_000
    const next = await take()
    late?.leave()
    expect(await take()).toBeNull()
    next?.leave()
    expect(await take()).not.toBeNull()
  })
})
