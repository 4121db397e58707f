import { together } from './summarize.mjs'
import { percentile } from './percentile.mjs'

/**
 * Runs floor and ours in pairs, short and many, the first of a pair last in the next one: whatever else the machine does
 * falls on both. Answers each side's runs as one, and `share`, the middle one of the pairs' ratios of ours to floor, which a
 * few disturbed pairs do not move.
 */
export async function alternate({ pairs, floor, ours }) {
  const floors = []
  const own = []
  for (let pair = 0; pair < pairs; pair++) {
    const isOursFirst = pair % 2 === 1
    if (isOursFirst) own.push(await ours())
    floors.push(await floor())
    if (!isOursFirst) own.push(await ours())
  }
  return { floor: together(floors), ours: together(own), share: percentile(ratios(floors, own), 0.5) }
}

const ratios = (floors, own) =>
  own.map(({ perSecond }, pair) => perSecond / floors[pair].perSecond).sort((a, b) => a - b)
