import type { EpochMs } from '../kernel/time'
import type { Cron } from '../triggers/cron'
import { firstMatch, type WallMinute } from './wall-clock'
import { segmentsOfYear, type ZoneSegment } from './zone-offsets'

const MINUTE_MS = 60_000
/** The rarest day there is, 29 February, is at most eight years away. */
const HORIZON_YEARS = 9

/**
 * The first instant strictly after `afterMs` at which the schedule is due in a zone, or null when there is none.
 *
 * Schedules whose minute or hour starts with `*` follow real time: they skip what a forward change skips and run in both
 * passes of a repeated hour. All others follow the wall clock: a time inside a gap is due at the gap's end (once, however
 * many were skipped), and a repeated time only in its first pass.
 */
export function nextFire(cron: Cron, timezone: string, afterMs: EpochMs): EpochMs | null {
  const startMs = (Math.floor(afterMs / MINUTE_MS) + 1) * MINUTE_MS
  const year = new Date(startMs).getUTCFullYear()
  /** First wall minute that no earlier segment has shown yet. */
  let frontier: WallMinute = -Infinity
  for (let ahead = -1; ahead <= HORIZON_YEARS; ahead++) {
    for (const segment of segmentsOfYear(timezone, year + ahead)) {
      if (segment.until > startMs) {
        const due = cron.realTime
          ? dueInRealTime(cron, segment, startMs)
          : dueByWallClock(cron, segment, startMs, frontier)
        if (due !== null) return due
      }
      frontier = Math.max(frontier, segment.until / MINUTE_MS + segment.offsetMinutes)
    }
  }
  return null
}

function dueInRealTime(cron: Cron, segment: ZoneSegment, startMs: EpochMs): EpochMs | null {
  return matchIn(cron, segment, Math.max(segment.from, startMs) / MINUTE_MS + segment.offsetMinutes)
}

function dueByWallClock(cron: Cron, segment: ZoneSegment, startMs: EpochMs, frontier: WallMinute): EpochMs | null {
  const first = segment.from / MINUTE_MS + segment.offsetMinutes
  const skipped = first > frontier && segment.from >= startMs
  if (skipped && firstMatch(cron, frontier, first) !== null) return segment.from
  const from = Math.max(segment.from, startMs) / MINUTE_MS + segment.offsetMinutes
  return matchIn(cron, segment, Math.max(from, frontier))
}

function matchIn(cron: Cron, segment: ZoneSegment, from: WallMinute): EpochMs | null {
  const found = firstMatch(cron, from, segment.until / MINUTE_MS + segment.offsetMinutes)
  return found === null ? null : (found - segment.offsetMinutes) * MINUTE_MS
}
