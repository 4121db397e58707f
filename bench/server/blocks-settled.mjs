import { setTimeout as wait } from 'node:timers/promises'
import { stored } from './stored.mjs'

const executionsPerBlock = 64
const pollMs = 100
const patienceMs = 60_000

/** Waits until every full block of `count` executions is an object in R2; answers how long that took, in ms. */
export async function blocksSettled(stateFolder, count) {
  const startedAt = performance.now()
  const wanted = Math.floor(count / executionsPerBlock)
  for (;;) {
    const waitedMs = performance.now() - startedAt
    const blocks = stored(stateFolder).r2Objects
    if (blocks >= wanted) return waitedMs
    if (waitedMs > patienceMs) throw new Error(`Of ${wanted} blocks only ${blocks} reached R2 within ${patienceMs} ms.`)
    await wait(pollMs)
  }
}
