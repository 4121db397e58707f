import type { Clock, EpochMs } from '#core/kernel/time'

export type HashingTurnsDeps = {
  readonly clock: Clock
  readonly sleep: (ms: number) => Promise<void>
  /** Requests in this isolate that wait for their answers, those that wait here included. */
  readonly requestsUnderWay: () => number
  /** How many wait at most; null answers whoever comes then. */
  readonly waitingMax?: number
}

/**
 * A turn: `rest` gives way for a moment, for longer while others wait for answers; `leave` ends it. `isAlone`: as it begins, no
 * other request is in the isolate that could wait for it.
 */
type HashingTurn = { readonly isAlone: boolean; readonly rest: () => Promise<void>; readonly leave: () => void }

const WAITING_MAX = 200
/** A rest lasts until the others are answered; those that take longer than this take turns with us. */
const REST_MS_MAX = 12
const REST_LOOK_MS = 2
/** While nobody else waits it is enough to look after so many slices whether somebody came. */
const SLICES_AMONG_OURSELVES = 2
const LOOK_EVERY_MS = 20
const LOOK_EVERY_MS_MAX = 500
/** Whoever was not heard of for so long was cut off. */
const SILENT_MS_MAX = 5_000

/**
 * One password at a time is hashed in an isolate, in the order they came: each takes 16 MiB, and all the time it gets. Requests
 * of different callers share nothing but numbers: one that is cut off says nothing more, and the next one goes on without it.
 */
export function createHashingTurns({ clock, sleep, requestsUnderWay, waitingMax = WAITING_MAX }: HashingTurnsDeps) {
  const line: { heardAt: EpochMs }[] = []

  return async (): Promise<HashingTurn | null> => {
    forgetSilent()
    if (line.length > waitingMax) return null
    const own = { heardAt: clock() }
    line.push(own)
    for (let place = placeOf(own); place > 0; place = placeOf(own)) {
      await sleep(Math.min(place * LOOK_EVERY_MS, LOOK_EVERY_MS_MAX))
    }
    let slices = 0
    return {
      isAlone: requestsUnderWay() <= 1 && line.length === 1,
      rest: async () => {
        own.heardAt = clock()
        slices += 1
        if (requestsUnderWay() <= line.length && slices % SLICES_AMONG_OURSELVES > 0) return
        await sleep(0)
        for (let ms = 0; ms < REST_MS_MAX && requestsUnderWay() > line.length; ms += REST_LOOK_MS)
          await sleep(REST_LOOK_MS)
      },
      leave: () => {
        const at = line.indexOf(own)
        if (at >= 0) line.splice(at, 1)
      },
    }
  }

  /** How many are before it. */
  function placeOf(own: { heardAt: EpochMs }): number {
    own.heardAt = clock()
    forgetSilent()
    return line.indexOf(own)
  }

  function forgetSilent(): void {
    const silentSince = clock() - SILENT_MS_MAX
    for (let at = line.length - 1; at >= 0; at--) if ((line[at]?.heardAt ?? 0) < silentSince) line.splice(at, 1)
  }
}
