type Moment = { readonly at: number; readonly no: number; readonly work: () => void }

/** Time that passes only when nothing is left to do: what happens, happens in one order, whatever machine runs it. */
export type Timeline = {
  readonly now: () => number
  /** Does `work` after `ms`. */
  in(ms: number, work: () => void): void
  /** Resolves after `ms`, or earlier when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** Moves the clock; what was to come in between comes late. */
  skip(ms: number): void
  /** Lets time pass, moment by moment, until `until` or until nothing more is to come. */
  run(until: number): Promise<void>
}

const STARTED_AT = Date.UTC(2030, 0, 1)

export function createTimeline(): Timeline {
  let now = STARTED_AT
  let count = 0
  const moments: Moment[] = []

  function add(moment: Moment): void {
    let low = 0
    let high = moments.length
    while (low < high) {
      const middle = (low + high) >> 1
      const other = moments[middle]
      if (other !== undefined && (other.at > moment.at || (other.at === moment.at && other.no > moment.no)))
        low = middle + 1
      else high = middle
    }
    moments.splice(low, 0, moment)
  }

  function after(ms: number, work: () => void): void {
    add({ at: now + Math.max(0, ms), no: count++, work })
  }

  return {
    now: () => now,
    in: after,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted === true) return resolve()
        signal?.addEventListener('abort', () => resolve(), { once: true })
        after(ms, resolve)
      }),
    skip: (ms) => void (now += ms),
    async run(until) {
      await settled()
      for (let next = moments.at(-1); next !== undefined && next.at <= until; next = moments.at(-1)) {
        moments.pop()
        now = Math.max(now, next.at)
        next.work()
        await settled()
      }
      now = Math.max(now, until)
    },
  }
}

/** Resolves when every promise that can move has moved. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
