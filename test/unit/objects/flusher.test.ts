import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Shard } from '#core/shard/memory'
import type { ExecutionSummary } from '#core/shard/summary'
import { createFlusher } from '../../../worker/objects/flusher'
import { oneRowShard } from './one-row-shard'

/** A flusher whose index fails as long as `world.isDown`, on a clock that stands. */
function flusherOf(shard: Shard, now = 0) {
  const world = { now, isDown: false, seen: [] as ExecutionSummary[], meanwhile: () => undefined as void }
  const flusher = createFlusher(shard, {
    clock: () => world.now,
    setTimer: () => undefined,
    index: {
      upsert: async (summaries) => {
        if (world.isDown) throw new Error('D1 is down')
        world.seen.push(...summaries)
        world.meanwhile()
      },
    },
    deadLetters: { add: async () => [] },
    blocks: { write: async () => undefined, writeOne: async () => undefined, read: async () => null },
  })
  return { world, flusher }
}

describe('the execution index', () => {
  it.for([
    ['live', false, 'pending'],
    ['live', true, 'running'],
    ['parked', true, 'waiting'],
    ['completed', true, 'completed'],
    ['failed', true, 'failed'],
    ['cancelled', true, 'cancelled'],
    ['timed_out', true, 'timed_out'],
  ] as const)('learns of an execution that is %s (claimed: %s) as %s (S120)', async ([state, claimed, status]) => {
    const { world, flusher } = flusherOf(oneRowShard(state, claimed).shard, 2_000)
    await flusher.run()
    expect(world.seen).toMatchObject([{ workflowId: 'workflow_1', environment: 'production', status }])
    await flusher.run()
    expect(world.seen).toHaveLength(1)
  })

  it('learns of what changes while it is being told', async () => {
    const { shard } = oneRowShard('live', true)
    const { world, flusher } = flusherOf(shard, 2_000)
    world.meanwhile = () => {
      world.meanwhile = () => undefined
      Object.assign(shard.store, oneRowShard('parked', true).shard.store)
      shard.memory.unseen.add(0)
    }
    await flusher.run()
    expect(world.seen.map(({ status }) => status)).toEqual(['running', 'waiting'])
  })

  it('is spared the states of an execution that may end within its first two seconds', async () => {
    const { world, flusher } = flusherOf(oneRowShard('live', true).shard, 1_999)
    await flusher.run()
    expect(world.seen).toEqual([])
  })
})

describe('an index that fails', () => {
  beforeEach(() => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined)
  })
  afterEach(() => {
    vi.restoreAllMocks()
  })

  it('is told what lives again once it is back', async () => {
    const { world, flusher } = flusherOf(oneRowShard('parked', true).shard, 2_000)
    world.isDown = true
    await flusher.run()
    world.isDown = false
    await flusher.run()
    expect(world.seen.map(({ status }) => status)).toEqual(['waiting'])
  })

  it('fails no execution: its end is kept, tried again ever later, and written once the index is back (I12, I13)', async () => {
    const { shard, disk } = oneRowShard('completed')
    const { world, flusher } = flusherOf(shard)
    world.isDown = true
    const waits: unknown[] = []
    for (let n = 0; n < 8; n++) {
      await flusher.run()
      waits.push(flusher.dueAt(world.now))
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000])
    expect(disk.flushedThrough).toBe(0)
    world.isDown = false
    await flusher.run()
    expect(world.seen).toMatchObject([{ status: 'completed' }])
    expect(disk.flushedThrough).toBe(1)
    expect(flusher.dueAt(world.now)).toBeNull()
  })
})
