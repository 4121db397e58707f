import { beforeEach, describe, expect, test, vi } from 'vitest'
import { runSeed } from './run-seed'
import { shrink } from './shrink'

/** More of them: npm run test:simulate. */
const SEEDS = Number(process.env['MILLRACE_TEST_SEEDS'] ?? 2_000)
const TOGETHER = 250
/** Each broke something once. */
const PINNED = [26, 843, 9_120, 19_135, 19_237, 26_674, 87_861]

beforeEach(() => {
  // The shards log every outage they live through.
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
})

/** What broke, by seed, in the smallest run that still breaks it. */
async function broken(seeds: readonly number[]): Promise<readonly string[]> {
  const words: string[] = []
  for (const seed of seeds) {
    const outcome = await runSeed(seed)
    if (outcome.broken.length === 0) continue
    const { broken: left, faults } = await shrink(outcome)
    words.push(`seed ${seed}: ${left.join('; ')} — ${faults.map(({ kind }) => kind).join(', ')}`)
  }
  return words
}

describe('whatever dies, stalls, comes late, twice or never', { timeout: 120_000 }, () => {
  const starts = Array.from({ length: Math.ceil(SEEDS / TOGETHER) }, (_, part) => part * TOGETHER)

  test.each(starts)('every execution keeps every promise (I1–I7, I9, I11–I14): seeds from %i on', async (from) => {
    const count = Math.min(TOGETHER, SEEDS - from)
    expect(await broken(Array.from({ length: count }, (_, n) => from + n))).toEqual([])
  })

  test('seeds that broke a promise once keep it now', async () => {
    expect(await broken(PINNED)).toEqual([])
  })
})

describe('a run of the simulation', () => {
  test('is decided by its seed alone', async () => {
    const first = await runSeed(7)
    await runSeed(8)
    expect(await runSeed(7)).toEqual(first)
    expect(first.faults.length).toBeGreaterThan(0)
  })

  test('has executions that were run before they were accepted', async () => {
    let brought = 0
    for (let seed = 0; seed < 100; seed++) brought += (await runSeed(seed)).brought
    expect(brought).toBeGreaterThan(5)
  })

  test('goes without the faults that are left out', async () => {
    const outcome = await runSeed(7, new Set())
    expect(outcome.faults).toEqual([])
    expect(outcome.effects).toBeGreaterThan(0)
    expect(outcome.broken).toEqual([])
  })
})
