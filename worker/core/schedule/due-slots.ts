import type { EpochMs } from '../kernel/time'
import type { Cron } from './cron'
import { nextFire } from './next-fire'

const SLOTS_MAX = 1_000

/** Which moments of a schedule became due, and when the next one will be. */
export type DueSlots = {
  /** The newest due moment: the one that is fired, however late. Null when none is due. */
  readonly fire: EpochMs | null
  /** Older moments nobody was there for; recorded, never fired (at most one late fire). */
  readonly missed: readonly EpochMs[]
  readonly nextAt: EpochMs | null
}

/** Walks a schedule from its remembered next moment to the first one after `now`. */
export function dueSlots(schedule: { cron: Cron; timezone: string; nextAt: EpochMs }, now: EpochMs): DueSlots {
  const due: EpochMs[] = []
  let at: EpochMs | null = schedule.nextAt
  while (at !== null && at <= now && due.length < SLOTS_MAX) {
    due.push(at)
    at = nextFire(schedule.cron, schedule.timezone, at)
  }
  if (at !== null && at <= now) at = nextFire(schedule.cron, schedule.timezone, now)
  return { fire: due.at(-1) ?? null, missed: due.slice(0, -1), nextAt: at }
}
