import { describe, expect, it } from 'vitest'
import { createBodyGate } from '../../../worker/adapters/net/body-gate'

/** A gate for 10 bytes on a clock that moves when somebody sleeps. */
function gateOf() {
  const world = { now: 0, naps: 0, onNap: () => {} }
  const sleep = async (ms: number) => {
    world.now += ms
    world.naps += 1
    world.onNap()
  }
  const gate = createBodyGate({ clock: () => world.now, sleep, bytesMax: 10 })
  const signal = new AbortController().signal
  return { world, gate, enter: (bytes: number, timeoutMs = 30_000) => gate({ bytes, timeoutMs, signal }) }
}

describe('large bodies', () => {
  it('are read at the same time while they fit together', async () => {
    const { world, enter } = gateOf()
    await Promise.all([enter(4), enter(6)])
    expect(world.naps).toBe(0)
  })

  it('wait until there is room, and none is refused', async () => {
    const { world, enter } = gateOf()
    const leave = await enter(8)
    world.onNap = () => {
      if (world.naps === 3) leave()
    }
    await enter(8)
    expect(world.now).toBe(60)
  })

  it('are read alone when they are larger than all the room there is', async () => {
    const { world, enter } = gateOf()
    ;(await enter(50))()
    await enter(50)
    expect(world.naps).toBe(0)
  })

  it.each([
    ['five seconds', 60_000, 5_000],
    ['a quarter of the time the reader has', 4_000, 1_000],
  ])('wait for a slow sender no longer than %s', async (_, timeoutMs, waitedMs) => {
    const { world, enter } = gateOf()
    await enter(10, 300_000)
    await enter(10, timeoutMs)
    expect(world.now).toBe(waitedMs)
  })

  it('do not wait for a reader whose time is over, though nobody heard of its end', async () => {
    const { world, enter } = gateOf()
    await enter(10, 1_000)
    world.now = 1_000
    await enter(10)
    expect(world.naps).toBe(0)
  })

  it('stop waiting when their execution ends', async () => {
    const { world, gate, enter } = gateOf()
    await enter(10, 300_000)
    const abort = new AbortController()
    world.onNap = () => abort.abort()
    await gate({ bytes: 10, timeoutMs: 30_000, signal: abort.signal })
    expect(world.naps).toBe(1)
  })
})
