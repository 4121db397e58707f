import type { Clock, EpochMs } from '#core/kernel/time'

/** How much an isolate has to do: `count` stands for a request until it is answered. */
export type Traffic = {
  readonly count: (answer: Response | Promise<Response>) => Response | Promise<Response>
  /** Requests that wait for their answer. */
  readonly underWay: () => number
}

/** A request that waits for longer was cut off, or waits for something else than this isolate. */
const COUNTED_MS_MAX = 5_000

/** Counts the requests of one isolate, for work that can wait until they are answered. */
export function createTraffic(clock: Clock): Traffic {
  const waiting = new Set<{ readonly since: EpochMs }>()
  return {
    count(answer) {
      if (answer instanceof Response) return answer
      const own = { since: clock() }
      waiting.add(own)
      return answer.finally(() => waiting.delete(own))
    },
    underWay() {
      const since = clock() - COUNTED_MS_MAX
      for (const one of waiting) {
        if (one.since >= since) break
        waiting.delete(one)
      }
      return waiting.size
    },
  }
}
