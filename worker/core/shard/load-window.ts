import { type EpochMs, isWithin } from '../kernel/time'

const WINDOW_MS = 10_000

export type LoadWindow = {
  /** Counts what was accepted just now; true once in each ten seconds that bring more than is meant for one shard. */
  count(accepted: number, now: EpochMs): boolean
}

/** Watches how fast a shard accepts, in memory: a window lost with it is counted anew. With 0 accepts per second it never speaks up. */
export function createLoadWindow(acceptsPerSecond: number): LoadWindow {
  const most = (acceptsPerSecond * WINDOW_MS) / 1_000
  let startedAt = 0
  let counted = 0
  let hasSpoken = false
  return {
    count(accepted, now) {
      if (!isWithin(startedAt, WINDOW_MS, now)) {
        startedAt = now
        counted = 0
        hasSpoken = false
      }
      counted += accepted
      if (most === 0 || hasSpoken || counted <= most) return false
      hasSpoken = true
      return true
    },
  }
}
