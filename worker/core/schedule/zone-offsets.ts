import type { EpochMs } from '../kernel/time'

/** A stretch of time during which a zone's clock is a constant number of minutes ahead of UTC. */
export type ZoneSegment = { readonly from: EpochMs; readonly until: EpochMs; readonly offsetMinutes: number }

const MINUTE_MS = 60_000
/** No zone has changed its clock twice within this span since 1972. */
const PROBE_MS = 7 * 86_400_000
const ZONES_MAX = 500
const YEARS_PER_ZONE_MAX = 64

type Zone = { readonly format: Intl.DateTimeFormat; readonly years: Map<number, readonly ZoneSegment[]> }
const zones = new Map<string, Zone>()

/** The segments that cover one UTC year, in order and without holes. Throws RangeError on an unknown zone name. */
export function segmentsOfYear(timezone: string, year: number): readonly ZoneSegment[] {
  const zone = zoneOf(timezone)
  const known = zone.years.get(year)
  if (known !== undefined) return known
  const segments = scan(zone.format, Date.UTC(year, 0, 1), Date.UTC(year + 1, 0, 1))
  if (zone.years.size >= YEARS_PER_ZONE_MAX) zone.years.clear()
  zone.years.set(year, segments)
  return segments
}

function zoneOf(timezone: string): Zone {
  const known = zones.get(timezone)
  if (known !== undefined) return known
  const format = new Intl.DateTimeFormat('en-US', { timeZone: timezone, timeZoneName: 'longOffset' })
  const zone = { format, years: new Map<number, readonly ZoneSegment[]>() }
  if (zones.size >= ZONES_MAX) zones.clear()
  zones.set(timezone, zone)
  return zone
}

function scan(format: Intl.DateTimeFormat, start: EpochMs, end: EpochMs): ZoneSegment[] {
  const segments: ZoneSegment[] = []
  let from = start
  let offsetMinutes = offsetAt(format, start)
  for (let at = start; at < end;) {
    const next = Math.min(at + PROBE_MS, end)
    const offsetNext = offsetAt(format, next)
    if (offsetNext !== offsetMinutes) {
      const change = changeBetween(format, at, next, offsetMinutes)
      segments.push({ from, until: change, offsetMinutes })
      from = change
      offsetMinutes = offsetNext
    }
    at = next
  }
  if (from < end) segments.push({ from, until: end, offsetMinutes })
  return segments
}

/** First minute after `low` whose offset is no longer `before`; clocks change on whole minutes. */
function changeBetween(format: Intl.DateTimeFormat, low: EpochMs, high: EpochMs, before: number): EpochMs {
  let same = low
  let other = high
  while (other - same > MINUTE_MS) {
    const middle = same + Math.floor((other - same) / 2 / MINUTE_MS) * MINUTE_MS
    if (offsetAt(format, middle) === before) same = middle
    else other = middle
  }
  return other
}

function offsetAt(format: Intl.DateTimeFormat, at: EpochMs): number {
  const match = /GMT(?:([+-])(\d{2}):(\d{2})(?::(\d{2}))?)?$/.exec(format.format(at))
  if (match?.[1] === undefined) return 0
  const minutes = Number(match[2]) * 60 + Number(match[3])
  return match[1] === '-' ? -minutes : minutes
}
