import { SCENARIOS } from './scenarios.mjs'

/**
 * What the played systems remember: builds by commit with the number of times each was polled, and the image each
 * namespace runs. Throws for an unknown scenario.
 */
export function createWorld(scenario) {
  if (!SCENARIOS.includes(scenario)) throw new Error(`Unknown scenario '${scenario}', choose ${SCENARIOS.join(', ')}`)
  return { scenario, builds: new Map(), images: new Map() }
}
