import { setTimeout as wait } from 'node:timers/promises'
import { indexOf } from '../server/index-of.mjs'

const pollMs = 200

/**
 * Holds callers back while more than `behindMax` of their executions are missing from the index. `gate` belongs into
 * `load`; `stop()` answers how fast the index grew meanwhile, from the first execution in it on, and how old the oldest
 * missing execution was at most. `already` executions of the workflow ended before.
 */
export function backPressure(server, workflowId, behindMax, already = 0) {
  const passedAt = []
  const looks = []
  let ended = 0
  let isOver = false

  async function look() {
    while (!isOver) {
      const known = await indexOf(server, workflowId)
      ended = known.ended - already
      const now = performance.now()
      looks.push({ now, ended, lagMs: ended < passedAt.length ? now - passedAt[ended] : 0 })
      await wait(pollMs)
    }
  }
  const looking = look()

  return {
    gate: async () => {
      while (passedAt.length - ended >= behindMax) await wait(5)
      passedAt.push(performance.now())
    },
    stop: async () => {
      isOver = true
      await looking
      const growing = looks.filter((one) => one.ended > 0)
      const [first, last] = [growing[0], growing.at(-1)]
      return {
        endedPerSecond: ((last.ended - first.ended) * 1000) / (last.now - first.now),
        lagMsMax: Math.max(...looks.map(({ lagMs }) => lagMs)),
      }
    },
  }
}
