import { CronExpressionParser } from 'cron-parser'
import { err, ok, type Result } from '../kernel/result'

/** A parsed five-field schedule. Sets of small numbers are bit masks: bit n = value n. */
export type Cron = {
  readonly text: string
  readonly minutes: readonly number[]
  readonly hours: readonly number[]
  readonly months: number
  readonly daysOfMonth: number
  readonly lastDayOfMonth: boolean
  readonly daysOfWeek: number
  /** `5L`: the last of these weekdays in a month. */
  readonly lastDaysOfWeek: number
  /** `1#2`: the second Monday; one mask of weekdays for each ordinal 1–5, index 0 unused. */
  readonly nthDaysOfWeek: readonly number[]
  /** Both day fields are restricted: a day that satisfies either one counts. */
  readonly eitherDay: boolean
  /** Minute or hour starts with `*`: the job follows real time across a clock change, else the wall clock. */
  readonly realTime: boolean
}

export type CronError = { readonly code: 'cron_invalid'; readonly message: string; readonly hint: string }

type Field = {
  readonly name: string
  readonly min: number
  readonly max: number
  readonly value: string
  readonly extra: RegExp | null
}

const MONTH = 'JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC'
const WEEKDAY = 'SUN|MON|TUE|WED|THU|FRI|SAT'
const NUMBER = '[0-9]{1,2}'

const FIELDS: readonly Field[] = [
  { name: 'minute', min: 0, max: 59, value: NUMBER, extra: null },
  { name: 'hour', min: 0, max: 23, value: NUMBER, extra: null },
  { name: 'day of month', min: 1, max: 31, value: NUMBER, extra: /^L$/ },
  { name: 'month', min: 1, max: 12, value: `${NUMBER}|${MONTH}`, extra: null },
  {
    name: 'day of week',
    min: 0,
    max: 7,
    value: `${NUMBER}|${WEEKDAY}`,
    extra: new RegExp(`^(?:[0-7]|${WEEKDAY})(?:L|#[1-5])$`),
  },
]

const MACROS = new Map(
  Object.entries({
    '@yearly': '0 0 1 1 *',
    '@annually': '0 0 1 1 *',
    '@monthly': '0 0 1 * *',
    '@weekly': '0 0 * * 0',
    '@daily': '0 0 * * *',
    '@midnight': '0 0 * * *',
    '@hourly': '0 * * * *',
  }),
)

const DAYS_IN_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
const TEXT_LENGTH_MAX = 100
const HINT = 'Five fields are expected: minute hour day-of-month month day-of-week, such as "0 9 * * 1-5".'

/**
 * Parses a strict five-field cron text: numbers, names, lists, ranges, steps, `L`, `5L`, `1#2` and the macros `@hourly` to
 * `@yearly`. What engines read differently, or what could never fire, is refused with the way to write it instead.
 */
export function parseCron(text: string): Result<Cron, CronError> {
  const written = text.trim()
  if (written.length > TEXT_LENGTH_MAX) return refuse(`The schedule is longer than ${TEXT_LENGTH_MAX} characters.`)
  const fields = (MACROS.get(written.toLowerCase()) ?? written).toUpperCase().split(/[ \t]+/)
  if (fields.length !== FIELDS.length) return refuse(countMessage(written, fields.length))
  for (const [index, field] of FIELDS.entries()) {
    const found = grammarError(fields[index] ?? '', field)
    if (found !== null) return err(found)
  }
  const [, , dayOfMonth = '*', , dayOfWeek = '*'] = fields
  const ambiguous =
    (dayOfMonth.startsWith('*/') && dayOfWeek !== '*') || (dayOfWeek.startsWith('*/') && dayOfMonth !== '*')
  if (ambiguous) {
    return refuse(
      `A step in one day field ("${dayOfMonth}") together with a restricted other one ("${dayOfWeek}") means different days to different engines.`,
      'Write the days out as a list such as 1,3,5, or leave one of the two day fields as *.',
    )
  }
  return expand(written, fields)
}

function expand(text: string, fields: readonly string[]): Result<Cron, CronError> {
  const values: (number | string)[][] = []
  for (const [index, field] of FIELDS.entries()) {
    const expanded = expandField(fields[index] ?? '*', index, field)
    if (!expanded.ok) return expanded
    values.push(expanded.value)
  }
  const [minutes = [], hours = [], days = [], months = [], weekdays = []] = values
  const [minute = '', hour = '', dayOfMonth = '', , dayOfWeek = ''] = fields
  const nth = [0, 0, 0, 0, 0, 0]
  for (const [day, ordinal] of weekdays.map(nthWeekday)) nth[ordinal] = (nth[ordinal] ?? 0) | day
  const cron: Cron = {
    text,
    minutes: sorted(minutes),
    hours: sorted(hours),
    months: mask(months),
    daysOfMonth: mask(days),
    lastDayOfMonth: days.includes('L'),
    daysOfWeek: mask(weekdays.map((day) => (day === 7 ? 0 : day))),
    lastDaysOfWeek: mask(
      weekdays.filter((day) => String(day).endsWith('L')).map((day) => Number.parseInt(String(day), 10) % 7),
    ),
    nthDaysOfWeek: nth,
    eitherDay: dayOfMonth !== '*' && dayOfWeek !== '*',
    realTime: minute.startsWith('*') || hour.startsWith('*'),
  }
  const never =
    dayOfWeek === '*' && !cron.lastDayOfMonth && !DAYS_IN_MONTH.some((last, month) => fits(cron, month + 1, last))
  return never
    ? refuse(`"${text}" never fires: none of its months has such a day.`, 'Use L for the last day of a month.')
    : ok(cron)
}

function fits(cron: Cron, month: number, lastDay: number): boolean {
  return (cron.months & (1 << month)) !== 0 && (cron.daysOfMonth & ((2 << lastDay) - 1)) !== 0
}

/** List elements are expanded one by one, because the library refuses lists whose elements overlap (`1-5,3`). */
function expandField(text: string, index: number, field: Field): Result<(number | string)[], CronError> {
  const values: (number | string)[] = []
  for (const element of text.split(',')) {
    const parts = ['*', '*', '*', '*', '*']
    parts[index] = element
    try {
      const { fields } = CronExpressionParser.parse(parts.join(' '))
      const all = [fields.minute, fields.hour, fields.dayOfMonth, fields.month, fields.dayOfWeek][index]?.values ?? []
      const ordinal = index === 4 && element.includes('#') ? `#${fields.dayOfWeek.nthDay}` : ''
      values.push(...all.map((value) => (ordinal === '' ? value : `${Number(value) % 7}${ordinal}`)))
    } catch {
      return refuse(
        `"${element}" is not a valid ${field.name}.`,
        `Values go from ${field.min} to ${field.max}, and a range from the smaller to the larger.`,
      )
    }
  }
  return ok(values)
}

function grammarError(text: string, field: Field): CronError | null {
  const value = `(?:${field.value})`
  const element = new RegExp(`^(?:\\*|${value}(?:-${value})?|(?:\\*|${value}-${value})/([0-9]{1,2}))$`)
  for (const part of text.split(',')) {
    if (field.extra?.test(part) === true) continue
    const match = element.exec(part)
    if (match === null)
      return { code: 'cron_invalid', message: `"${part}" is not a valid ${field.name}.`, hint: hintFor(part, field) }
    const step = match[1] === undefined ? 1 : Number(match[1])
    if (step < 1 || step > field.max) {
      return {
        code: 'cron_invalid',
        message: `The step in "${part}" must be between 1 and ${field.max} for the ${field.name}.`,
        hint: HINT,
      }
    }
  }
  return null
}

function hintFor(part: string, field: Field): string {
  if (part === '?') return 'Write * instead of ?.'
  if (part.includes('W')) return 'The nearest-weekday form (15W) is not supported; name the weekday in the fifth field.'
  const start = /^([0-9]{1,2})\/([0-9]{1,2})$/.exec(part)
  if (start !== null) return `Write ${start[1]}-${field.max === 7 ? 6 : field.max}/${start[2]} instead.`
  return HINT
}

function countMessage(text: string, count: number): string {
  if (text === '') return 'The schedule is empty.'
  if (text.startsWith('@')) return `"${text}" is not a known schedule name.`
  return `The schedule has ${count} field${count === 1 ? '' : 's'} instead of five; seconds and years are not supported.`
}

function refuse(message: string, hint: string = HINT): Result<never, CronError> {
  return err({ code: 'cron_invalid', message, hint })
}

function mask(values: readonly (number | string)[]): number {
  return values.reduce<number>((bits, value) => (typeof value === 'number' ? bits | (1 << value) : bits), 0)
}

function sorted(values: readonly (number | string)[]): readonly number[] {
  return [...new Set(values.filter((value) => typeof value === 'number'))].sort((a, b) => a - b)
}

/** [bit of the weekday, ordinal] of `1#2`; ordinal 0 for anything else. */
function nthWeekday(value: number | string): readonly [number, number] {
  const match = /^(\d)#(\d)$/.exec(String(value))
  return match === null ? [0, 0] : [1 << Number(match[1]), Number(match[2])]
}
