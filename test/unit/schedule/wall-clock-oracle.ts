import { CronExpressionParser } from 'cron-parser'

const MINUTE_MS = 60_000
const formats = new Map<string, Intl.DateTimeFormat>()

const walls = new Map<string, number>()

function wallMinute(timezone: string, at: number): number {
  const key = `${timezone} ${at}`
  const wall = walls.get(key) ?? readWallMinute(timezone, at)
  walls.set(key, wall)
  return wall
}

/** Minutes since 1970 on a zone's wall clock, read part by part from Intl. */
function readWallMinute(timezone: string, at: number): number {
  let format = formats.get(timezone)
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: timezone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
    })
    formats.set(timezone, format)
  }
  const part = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]))
  return (
    Date.UTC(part.get('year')!, part.get('month')! - 1, part.get('day')!, part.get('hour')!, part.get('minute')!) /
    MINUTE_MS
  )
}

/**
 * Every instant in (from, until] at which a plain expression (no L, #) is due, found by looking at every minute.
 * Written from the rule in words, and sharing nothing with the implementation but the clock of Intl.
 */
export function dueInstants(text: string, timezone: string, from: number, until: number): number[] {
  const { fields } = CronExpressionParser.parse(text)
  const [minute = '', hour = '', dayOfMonth, , dayOfWeek] = text.split(' ')
  const matches = (wall: number): boolean => {
    const date = new Date(wall * MINUTE_MS)
    const has = (values: readonly unknown[], value: number) => values.includes(value)
    const ofMonth = has(fields.dayOfMonth.values, date.getUTCDate())
    const ofWeek = has(fields.dayOfWeek.values, date.getUTCDay())
    return (
      has(fields.minute.values, date.getUTCMinutes()) &&
      has(fields.hour.values, date.getUTCHours()) &&
      has(fields.month.values, date.getUTCMonth() + 1) &&
      (dayOfMonth !== '*' && dayOfWeek !== '*' ? ofMonth || ofWeek : ofMonth && ofWeek)
    )
  }
  const wild = minute.startsWith('*') || hour.startsWith('*')
  const due: number[] = []
  let highest = wallMinute(timezone, from - 360 * MINUTE_MS)
  for (let at = from - 359 * MINUTE_MS; at <= until; at += MINUTE_MS) {
    const wall = wallMinute(timezone, at)
    let isDue = false
    if (wild) isDue = matches(wall)
    else if (wall > highest) {
      for (let shown = highest + 1; shown <= wall; shown++) isDue ||= matches(shown)
    }
    highest = Math.max(highest, wall)
    if (isDue && at > from) due.push(at)
  }
  return due
}
