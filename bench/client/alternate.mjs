import { together } from './summarize.mjs'

/**
 * Runs floor and ours in turn, `rounds` times each and the floor once more, so that whatever else the machine does
 * falls on both. Answers each side's runs as one.
 */
export async function alternate({ rounds, floor, ours }) {
  const floors = [await floor()]
  const own = []
  for (let round = 0; round < rounds; round++) {
    own.push(await ours())
    floors.push(await floor())
  }
  return { floor: together(floors), ours: together(own) }
}
