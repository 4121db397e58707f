import { createChaos, type Fault } from './chaos'
import { judge } from './judge'
import { createRandom } from './random'
import { createTimeline } from './timeline'
import { startWorkload } from './workload'
import { World } from './world'

const CHAOS_MS = 4 * 60_000
const MINUTE_MS = 60_000
/** By then every lease, wait, retry and limit of a run is over. */
const CALM_MINUTES_MAX = 60
/** When blocks are old enough to be archived. */
const DAY_MS = 25 * 60 * MINUTE_MS

export type Outcome = {
  readonly seed: number
  readonly broken: readonly string[]
  readonly faults: readonly Fault[]
  readonly executions: number
  /** How many of them were run before they were accepted. */
  readonly brought: number
  readonly effects: number
}

/**
 * One run: some minutes in which things go wrong, then calm until everything has ended and moved to the archive, then the
 * verdict. The same seed and the same `allowed` faults give the same run.
 */
export async function runSeed(seed: number, allowed: ReadonlySet<number> | null = null): Promise<Outcome> {
  const timeline = createTimeline()
  const startedAt = timeline.now()
  const chaos = createChaos(seed, timeline.now, allowed)
  const random = createRandom(seed)
  const world = new World(timeline, chaos, random)
  const calls = startWorkload(world, timeline, random)
  await timeline.run(startedAt + CHAOS_MS)
  chaos.end()
  for (let minute = 0; minute < CALM_MINUTES_MAX && !isQuiet(world); minute++) {
    await timeline.run(timeline.now() + MINUTE_MS)
  }
  timeline.skip(DAY_MS)
  await timeline.run(timeline.now() + 2 * MINUTE_MS)
  const { executions, brought } = world.witness
  return {
    seed,
    broken: judge(world, calls, chaos.faults.length === 0),
    faults: chaos.faults,
    executions: executions.size,
    brought: brought.size,
    effects: world.sink.effects.length,
  }
}

function isQuiet(world: World): boolean {
  return world.platforms().every((platform) => {
    const { live, unflushed, postDueAt } = platform.host().shard.memory
    return live.size === 0 && unflushed.size === 0 && postDueAt === null
  })
}
