import type { EpochMs } from '#core/kernel/time'
import type { Chaos } from './chaos'
import type { Random } from './random'
import type { Timeline } from './timeline'

/** Something that runs on a machine of its own: it may end or stall at any await, and its clock is not ours. */
export type Process = {
  readonly name: string
  readonly clock: () => EpochMs
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>
  /** Calls the world outside of it. What comes back comes back late when it stalls, and never when it is gone. */
  readonly reach: <T>(call: () => Promise<T>) => Promise<T>
  /** Until when it stalled; 0 when it never did. */
  readonly stalledUntil: () => EpochMs
}

const SKEW_MS_MAX = 5_000
const STALL_MS_MAX = 90_000

export function createProcess(name: string, timeline: Timeline, chaos: Chaos, random: Random): Process {
  const skewMs = chaos.strikes('clock_skewed') ? random.between(-SKEW_MS_MAX, SKEW_MS_MAX) : 0
  let isGone = false
  let stalledUntil = 0

  function deliver(work: () => void): void {
    if (isGone) return
    if (chaos.strikes('process_dies')) isGone = true
    else if (chaos.strikes('process_stalls')) stall()
    if (isGone) return
    const waitMs = stalledUntil - timeline.now()
    if (waitMs <= 0) work()
    else timeline.in(waitMs, () => deliver(work))
  }

  function stall(): void {
    stalledUntil = Math.max(stalledUntil, timeline.now() + random.between(1_000, STALL_MS_MAX))
  }

  function reach<T>(call: () => Promise<T>): Promise<T> {
    if (isGone) return new Promise(() => undefined)
    return new Promise((resolve, reject) => {
      call().then(
        (value) => deliver(() => resolve(value)),
        (error: unknown) => deliver(() => reject(error as Error)),
      )
    })
  }

  return {
    name,
    clock: () => timeline.now() + skewMs,
    sleep: (ms, signal) => reach(() => timeline.sleep(ms, signal)),
    reach,
    stalledUntil: () => stalledUntil,
  }
}
