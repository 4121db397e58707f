import { describe, expect, it } from 'vitest'
import { childrenIn, mayCall, releaseChildren } from '#core/shard/children'
import type { Live, Shard } from '#core/shard/memory'
import type { OutputStore } from '../../../worker/ports/output-store'
import { countEvents, createPager, openJournal } from '../../../worker/services/runner/journal-pages'
import { OutputLost, StoreUnreachable } from '../../../worker/services/runner/reach-store'

const MIB = 1024 * 1024

function storeInMemory() {
  const objects = new Map<string, string>()
  const outputs: OutputStore = {
    put: async (key, json) => void objects.set(key, json.join('')),
    get: async (key) => objects.get(key) ?? null,
  }
  return { objects, outputs }
}

const event = (n: number, more = '') => JSON.stringify({ v: 1, at: n, type: 'timer_fired', stage: `s${n}`, more })
const events = (from: number, count: number, chars = 0) =>
  Array.from({ length: count }, (_, i) => event(from + i, 'x'.repeat(chars)))

describe('the pages of a journal', () => {
  it('begin where it outgrows its budget: one object and one line for all that is written at once', async () => {
    const { objects, outputs } = storeInMemory()
    const pack = createPager([], () => 'o/standard/here/1', outputs)
    const small = events(0, 10)
    expect(pack(small)).toBe(small)
    const large = events(10, 5_000, 1_000)
    const packed = await pack(large)
    expect(packed).toHaveLength(1)
    expect(packed[0]?.length).toBeLessThan(200)
    expect([...objects.keys()]).toEqual(['o/standard/here/1-j0'])
    expect(JSON.parse(packed[0] ?? '')).toMatchObject({ type: 'events', v: 1, at: 10, count: 5_000 })
    expect(JSON.parse(objects.get('o/standard/here/1-j0') ?? '')).toHaveLength(5_000)
  })

  it('give back every line in its order, among lines that never left', async () => {
    const { outputs } = storeInMemory()
    const pack = createPager(events(0, 3), () => 'p', outputs)
    const journal = [...events(0, 3), ...(await pack(events(3, 5_000, 1_000))), ...(await pack(events(5_003, 2)))]
    expect(journal).toHaveLength(6)
    expect(countEvents(journal)).toBe(5_005)
    expect(await openJournal(journal, outputs)).toEqual([
      ...events(0, 3),
      ...events(3, 5_000, 1_000),
      ...events(5_003, 2),
    ])
  })

  it('count what the journal of an earlier runner holds', async () => {
    const { objects, outputs } = storeInMemory()
    const before = events(0, 4_000, 1_100)
    await createPager(before, () => 'p', outputs)(events(4_000, 100, 1_000))
    expect(objects.size).toBe(1)
  })

  it('leave a short write in the journal until that is twice as long as it should be', async () => {
    const { objects, outputs } = storeInMemory()
    const pack = createPager([event(0, 'x'.repeat(5 * MIB))], () => 'p', outputs)
    expect(await pack(events(1, 1))).toEqual(events(1, 1))
    expect(objects.size).toBe(0)
    const full = createPager([event(0, 'x'.repeat(8 * MIB))], () => 'p', outputs)
    await full(events(1, 1))
    expect(objects.size).toBe(1)
  })

  it('name the children their events wait for, whom the shard tells when nobody does any more', async () => {
    const { outputs } = storeInMemory()
    const waits = ['exec_a', 'exec_b'].map((executionId, at) =>
      JSON.stringify({ v: 1, at, type: 'stage_waiting', stage: `c${at}`, for: { kind: 'child', executionId } }),
    )
    const lines = [...events(0, 3_000, 1_000), ...waits, ...events(3_002, 3_000, 1_000)]
    const packed = await createPager([], () => 'p', outputs)(lines)
    expect(packed).toHaveLength(1)
    expect([packed.some(mayCall), childrenIn(packed)]).toEqual([true, ['exec_a', 'exec_b']])
    const told: string[] = []
    const store = {
      row: () => ({ journal: packed }),
      inbox: () => [],
      addPost: ({ target }: { target: string }) => void told.push(target),
    }
    const shard = { store, memory: { meta: null, postDueAt: null } } as unknown as Shard
    releaseChildren(shard, { seq: 0, calls: true } as Live, [], 1)
    expect(told).toEqual(['exec_a', 'exec_b'])
    expect(await openJournal(packed, outputs)).toEqual(lines)
  })

  it('leave the answer to a webhook’s caller where the shard finds it', async () => {
    const { outputs } = storeInMemory()
    const answer = JSON.stringify({ v: 1, at: 5, type: 'stage_succeeded', stage: 'r', response: { status: 200 } })
    const lines = [...events(0, 3_000, 1_000), answer, ...events(3_001, 3_000, 1_000)]
    const packed = await createPager([], () => 'p', outputs)(lines)
    expect(packed).toHaveLength(3)
    expect(packed[1]).toBe(answer)
    expect(await openJournal(packed, outputs)).toEqual(lines)
  })

  it('are not written while the store cannot be reached, and a lost one says so', async () => {
    const broken: OutputStore = { put: () => Promise.reject(new Error('down')), get: async () => null }
    const lines = events(0, 5_000, 1_000)
    await expect(createPager([], () => 'p', broken)(lines)).rejects.toThrow(StoreUnreachable)
    const packed = await createPager([], () => 'p', storeInMemory().outputs)(lines)
    await expect(openJournal(packed, broken)).rejects.toThrow(OutputLost)
  })
})
