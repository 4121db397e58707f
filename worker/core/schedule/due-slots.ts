import type { EpochMs } from '../kernel/time'
import type { Cron } from './cron'
import { nextFire } from './next-fire'

const SLOTS_MAX = 1_000
const MINUTE_MS = 60_000

/** Which moments of a schedule became due, and when the next one will be. */
export type DueSlots = {
  /** The newest due moment: the one that is fired, however late. Null when none is due. */
  readonly fire: EpochMs | null
  /** Older moments nobody was there for; recorded, never fired (at most one late fire). Of very many only the oldest. */
  readonly missed: readonly EpochMs[]
  readonly nextAt: EpochMs | null
}

type Schedule = { readonly cron: Cron; readonly timezone: string; readonly nextAt: EpochMs }

/** Walks a schedule from its remembered next moment to the first one after `now`. */
export function dueSlots(schedule: Schedule, now: EpochMs): DueSlots {
  const { slots: due, nextAt } = walk(schedule, schedule.nextAt, now)
  if (nextAt === null || nextAt > now) return { fire: due.at(-1) ?? null, missed: due.slice(0, -1), nextAt }
  return { fire: newestDue(schedule, now), missed: due, nextAt: nextFire(schedule.cron, schedule.timezone, now) }
}

function walk(
  { cron, timezone }: Schedule,
  from: EpochMs | null,
  now: EpochMs,
): { slots: readonly EpochMs[]; nextAt: EpochMs | null } {
  const slots: EpochMs[] = []
  let at = from
  while (at !== null && at <= now && slots.length < SLOTS_MAX) {
    slots.push(at)
    at = nextFire(cron, timezone, at)
  }
  return { slots, nextAt: at }
}

/** The last moment until `now`, of however many: looks back twice as far until it meets one, then closes in. */
function newestDue({ cron, timezone }: Schedule, now: EpochMs): EpochMs | null {
  const isDueAfter = (at: EpochMs) => (nextFire(cron, timezone, at) ?? Infinity) <= now
  let backMs = MINUTE_MS
  while (!isDueAfter(now - backMs)) backMs *= 2
  let before = now - backMs
  for (let step = backMs / 2; step >= MINUTE_MS; step /= 2) if (isDueAfter(before + step)) before += step
  return nextFire(cron, timezone, before)
}
