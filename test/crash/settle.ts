import type { KillPoints } from './kill-points'

/** Turns of the event loop in which nothing is under way, until everybody has done what they could. */
const QUIET_TURNS = 2
const TURNS_MAX = 1_000_000

/** Resolves when nobody has anything left to do but to wait for time to pass. */
export async function settle(points: KillPoints): Promise<void> {
  let quiet = 0
  for (let turns = 0; quiet < QUIET_TURNS; turns++) {
    if (turns > TURNS_MAX) throw new Error(`${points.underWay} calls never end`)
    await new Promise<void>((resolve) => void setTimeout(resolve, 0))
    quiet = points.underWay === 0 ? quiet + 1 : 0
  }
}
