import { afterAll, afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest'
import { publish } from '../workerd/support/run-release'
import { expectedEffects, judge } from './judge'
import { everyKill, type Kill, shareOf } from './kill-points'
import type { Scenario } from './scenario'
import { SCENARIOS } from './scenarios'
import { Tally } from './tally'
import { World } from './world'

/** Far ahead, so that the platform’s own clock fires none of the alarms meanwhile. */
const START_AT = Date.UTC(2036, 0, 5, 9)
const tally = new Tally()
const share = inject('crashShare')

beforeEach(() => {
  // The objects tell the operators of every fault; here that would be thousands.
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})
afterAll(() => {
  process.stdout.write(tally.print('crash points of executions'))
})

async function runOnce(scenario: Scenario, kill: Kill | null, undisturbedMs: number) {
  vi.setSystemTime(START_AT)
  const release = await publish({ name: 'crash', stages: scenario.stages }, {}, { lane: 0 })
  const world = new World(release, scenario, START_AT)
  await world.run(kill)
  return { world, broken: await judge(release, scenario, world, undisturbedMs) }
}

describe('killed before or after each of its calls, by an error or for good, an execution keeps every promise (F-04, F-05, F-06, F-07)', () => {
  it.each(SCENARIOS)('$name', async (scenario) => {
    const undisturbed = await runOnce(scenario, null, 0)
    const { calls, witness } = undisturbed.world
    if (scenario.warm === true) expect(calls).not.toContain('rpc finish')
    expect(undisturbed.broken.filter((it) => !it.startsWith('I2: it took'))).toEqual([])
    expect(Map.groupBy(witness.effects, ({ stage }) => stage)).toEqual(
      new Map(
        [...expectedEffects(scenario)].map(([stage, { times }]) => [stage, Array(times).fill(expect.anything())]),
      ),
    )
    const found: string[] = []
    const done: Kill[] = []
    for (const { words, ...kill } of shareOf(everyKill(calls), share)) {
      const { world, broken } = await runOnce(scenario, kill, witness.tookMs)
      if (world.hasKilled) done.push(kill)
      for (const promise of broken) found.push(`${words}: ${promise}`)
    }
    tally.add(scenario.name, calls, done, found.length)
    expect(found).toEqual([])
  })
})
