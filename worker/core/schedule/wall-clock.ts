import type { Cron } from '../triggers/cron'

/** Minutes since 1970-01-01T00:00 on some zone's wall clock. */
export type WallMinute = number

const DAY_MINUTES = 1_440
const DAY_MS = 86_400_000

/** First wall minute in `[from, until)` whose fields match, or null. Knows nothing about zones. */
export function firstMatch(cron: Cron, from: WallMinute, until: WallMinute): WallMinute | null {
  let minuteOfDay = modulo(from, DAY_MINUTES)
  for (let day = Math.floor(from / DAY_MINUTES); day * DAY_MINUTES < until;) {
    const date = new Date(day * DAY_MS)
    const month = date.getUTCMonth() + 1
    if ((cron.months & (1 << month)) === 0) {
      day = Date.UTC(date.getUTCFullYear(), month, 1) / DAY_MS
      minuteOfDay = 0
      continue
    }
    const time = dayMatches(cron, date) ? timeFrom(cron, minuteOfDay) : null
    if (time !== null) {
      const found = day * DAY_MINUTES + time
      return found < until ? found : null
    }
    day += 1
    minuteOfDay = 0
  }
  return null
}

function dayMatches(cron: Cron, date: Date): boolean {
  const day = date.getUTCDate()
  const weekday = 1 << date.getUTCDay()
  const lastDay = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()
  const ofMonth = (cron.daysOfMonth & (1 << day)) !== 0 || (cron.lastDayOfMonth && day === lastDay)
  const ofWeek =
    (cron.daysOfWeek & weekday) !== 0 ||
    ((cron.lastDaysOfWeek & weekday) !== 0 && day + 7 > lastDay) ||
    ((cron.nthDaysOfWeek[Math.ceil(day / 7)] ?? 0) & weekday) !== 0
  return cron.eitherDay ? ofMonth || ofWeek : ofMonth && ofWeek
}

/** First matching minute of a day at or after `minuteOfDay`, or null. */
function timeFrom(cron: Cron, minuteOfDay: number): number | null {
  const startHour = Math.floor(minuteOfDay / 60)
  for (const hour of cron.hours) {
    if (hour < startHour) continue
    const earliest = hour === startHour ? minuteOfDay % 60 : 0
    for (const minute of cron.minutes) if (minute >= earliest) return hour * 60 + minute
  }
  return null
}

function modulo(value: number, base: number): number {
  return ((value % base) + base) % base
}
