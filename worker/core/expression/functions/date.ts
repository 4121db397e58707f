import type { Arguments } from './arguments'
import type { FunctionDefinition } from './define-function'

const group = 'date'
/** A date, or a date and time with its zone: anything else would depend on where it is read. */
const INSTANT = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2}))?$/
const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  seconds: 1_000,
  minutes: 60_000,
  hours: 3_600_000,
  days: 86_400_000,
}
const EPOCH_MS_MAX = 8.64e15

function instant(args: Arguments, index: number): number {
  const value = args.value(index)
  const at = typeof value === 'number' ? value : INSTANT.test(args.text(index)) ? Date.parse(args.text(index)) : NaN
  if (Math.abs(at) <= EPOCH_MS_MAX) return at
  return args.stop(
    `argument ${index + 1} is not an instant`,
    'Write 2026-01-31T09:30:00Z, 2026-01-31, or milliseconds since 1970.',
  )
}

function unitMs(args: Arguments, index: number): number {
  const unit = args.text(index)
  const ms = Object.hasOwn(UNITS, unit) ? UNITS[unit] : undefined
  return ms ?? args.stop(`unknown unit ${JSON.stringify(unit)}`, `One of ${Object.keys(UNITS).join(', ')}.`)
}

function iso(args: Arguments, at: number): string {
  return Math.abs(at) <= EPOCH_MS_MAX ? new Date(at).toISOString() : args.stop('the instant is out of range')
}

function format(args: Arguments): string {
  const text = iso(args, instant(args, 0))
  const [, year = '', month = '', day = '', hour = '', minute = '', second = ''] =
    /^(.*)-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)/.exec(text) ?? []
  const fields: Readonly<Record<string, string>> = { YYYY: year, MM: month, DD: day, HH: hour, mm: minute, ss: second }
  return args.text(1).replaceAll(/YYYY|MM|DD|HH|mm|ss/g, (field) => fields[field] ?? field)
}

export const dateFunctions: readonly FunctionDefinition[] = [
  {
    name: 'date_add',
    group,
    signature: 'date_add(instant, amount, unit)',
    summary: 'The instant moved by ms, seconds, minutes, hours or days, in UTC. The amount may be negative.',
    argsMin: 3,
    argsMax: 3,
    call: (args) => iso(args, instant(args, 0) + args.number(1) * unitMs(args, 2)),
  },
  {
    name: 'date_diff',
    group,
    signature: 'date_diff(later, earlier, unit)',
    summary: 'How much later the first is than the second, in ms, seconds, minutes, hours or days.',
    argsMin: 3,
    argsMax: 3,
    call: (args) => (instant(args, 0) - instant(args, 1)) / unitMs(args, 2),
  },
  {
    name: 'date_format',
    group,
    signature: 'date_format(instant, pattern)',
    summary: 'The instant in UTC by a pattern of YYYY MM DD HH mm ss.',
    argsMin: 2,
    argsMax: 2,
    call: format,
  },
  {
    name: 'epoch_ms',
    group,
    signature: 'epoch_ms(instant)',
    summary: 'Milliseconds since 1970.',
    argsMin: 1,
    argsMax: 1,
    call: (args) => instant(args, 0),
  },
  {
    name: 'iso',
    group,
    signature: 'iso(instant)',
    summary: 'The instant as ISO 8601 text in UTC.',
    argsMin: 1,
    argsMax: 1,
    call: (args) => iso(args, instant(args, 0)),
  },
]
