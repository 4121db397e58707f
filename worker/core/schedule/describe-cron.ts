import type { Cron } from '../triggers/cron'

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const MONTHS = 'January February March April May June July August September October November December'.split(' ')
const ORDINALS = ['', 'first', 'second', 'third', 'fourth', 'fifth']
const ALL_MONTHS = 0b1_1111_1111_1110
const ALL_WEEKDAYS = 0b111_1111
const ALL_DAYS = 0xffff_fffe
const TIMES_MAX = 6

/** The schedule in words: `At 09:00, Monday to Friday`. */
export function describeCron(cron: Cron): string {
  const time = describeTime(cron)
  const days = describeDays(cron)
  const months =
    cron.months === ALL_MONTHS ? [] : [`in ${list(runs(bits(cron.months), (month) => MONTHS[month - 1] ?? ''))}`]
  const isPlainDaily = time.startsWith('At ') && days === '' && months.length === 0
  return [time, ...(isPlainDaily ? ['every day'] : days === '' ? [] : [days]), ...months].join(', ')
}

function describeTime({ minutes, hours }: Cron): string {
  const minuteStep = stepOf(minutes, 60)
  if (hours.length === 24) {
    if (minuteStep !== null) return every(minuteStep, 'minute')
    return minutes.length === 1 && minutes[0] === 0 ? 'Every hour' : `Every hour at ${minuteList(minutes)}`
  }
  const hourStep = hours.length > 2 ? stepOf(hours, 24) : null
  if (hourStep === null && minutes.length * hours.length <= TIMES_MAX && !isRange(hours)) {
    return `At ${list(hours.flatMap((hour) => minutes.map((minute) => clock(hour, minute))))}`
  }
  const atMinutes = minutes.length === 1 && minutes[0] === 0 ? '' : ` at ${minuteList(minutes)}`
  const within = isRange(hours) ? ` from ${clock(hours[0] ?? 0, 0)} to ${clock(hours.at(-1) ?? 0, 0)}` : ''
  if (minuteStep !== null && within !== '') {
    return `${every(minuteStep, 'minute')} from ${clock(hours[0] ?? 0, 0)} to ${clock(hours.at(-1) ?? 0, 59)}`
  }
  if (within !== '') return `Every hour${within}${atMinutes}`
  if (hourStep !== null) return `${every(hourStep, 'hour')}${atMinutes}`
  return `During the hours ${list(hours.map((hour) => clock(hour, 0)))}${atMinutes}`
}

function describeDays(cron: Cron): string {
  const parts: string[] = []
  if (cron.lastDayOfMonth) parts.push('on the last day of the month')
  const days = bits(cron.daysOfMonth)
  if (days.length > 0 && cron.daysOfMonth >>> 0 !== ALL_DAYS) {
    const step = stepOf(days, 32, 1)
    parts.push(step === null ? `on day ${list(runs(days, String))} of the month` : `every ${step} days of the month`)
  }
  if (cron.daysOfWeek !== ALL_WEEKDAYS && cron.daysOfWeek !== 0) parts.push(weekdays(bits(cron.daysOfWeek)))
  for (const day of bits(cron.lastDaysOfWeek)) parts.push(`on the last ${WEEKDAYS[day]} of the month`)
  cron.nthDaysOfWeek.forEach((mask, nth) => {
    for (const day of bits(mask)) parts.push(`on the ${ORDINALS[nth]} ${WEEKDAYS[day]} of the month`)
  })
  return parts.join(cron.eitherDay ? ' or ' : ' and ')
}

function weekdays(days: readonly number[]): string {
  if (days.length > 2 && isRange(days)) return `${WEEKDAYS[days[0] ?? 0]} to ${WEEKDAYS[days.at(-1) ?? 0]}`
  return `on ${list(days.map((day) => WEEKDAYS[day] ?? ''))}`
}

function every(step: number, unit: string): string {
  return step === 1 ? `Every ${unit}` : `Every ${step} ${unit}s`
}

function minuteList(minutes: readonly number[]): string {
  return `minute${minutes.length === 1 ? '' : 's'} ${list(runs(minutes, String))}`
}

/** The step when the values are exactly `start, start + step, …` below `end`, or null. */
function stepOf(values: readonly number[], end: number, start = 0): number | null {
  const step = (values[1] ?? end) - (values[0] ?? 0)
  if (values.length < 2 || values[0] !== start || values.length !== Math.ceil((end - start) / step)) return null
  return values.every((value, index) => value === start + index * step) ? step : null
}

function isRange(values: readonly number[]): boolean {
  return values.length > 1 && values.every((value, index) => value === (values[0] ?? 0) + index)
}

/** Three or more neighbours become `a to b`. */
function runs(values: readonly number[], name: (value: number) => string): string[] {
  const texts: string[] = []
  for (let i = 0; i < values.length;) {
    let last = i
    while (values[last + 1] === (values[last] ?? 0) + 1) last++
    const from = values[i] ?? 0
    if (last - i >= 2) texts.push(`${name(from)} to ${name(values[last] ?? 0)}`)
    else texts.push(...values.slice(i, last + 1).map(name))
    i = last + 1
  }
  return texts
}

function bits(mask: number): number[] {
  return Array.from({ length: 32 }, (_, bit) => bit).filter((bit) => (mask & (1 << bit)) !== 0)
}

function clock(hour: number, minute: number): string {
  return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`
}

function list(texts: readonly string[]): string {
  return texts.length < 2 ? (texts[0] ?? '') : `${texts.slice(0, -1).join(', ')} and ${texts.at(-1)}`
}
