import { excerpt } from '../../kernel/excerpt'
import type { Json } from '../../kernel/json'
import type { Arguments } from './arguments'
import type { FunctionDefinition } from './define-function'

const group = 'number'
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/

function toNumber(args: Arguments): Json {
  const value = args.value(0)
  if (typeof value === 'number') return value
  if (typeof value === 'boolean') return value ? 1 : 0
  const text = args.text(0).trim()
  const number = NUMBER.test(text) ? Number(text) : NaN
  return Number.isFinite(number) ? number : args.stop(`${JSON.stringify(excerpt(text, 40))} is not a number`)
}

function round(args: Arguments): number {
  const [value, digits] = [args.number(0), args.integer(1, 0)]
  if (digits < 0 || digits > 15) args.stop('digits must be between 0 and 15')
  const [mantissa = '0', exponent = '0'] = String(value).split('e')
  const shifted = Math.round(Number(`${mantissa}e${Number(exponent) + digits}`))
  const result = Number(`${String(shifted).replace(/e.*/, '')}e${-digits}`)
  return Number.isFinite(result) && Number.isSafeInteger(shifted) ? result : value
}

/** Numbers given one by one or as one list. */
function numbers(args: Arguments): readonly number[] {
  const values = Array.isArray(args.value(0))
    ? args.list(0)
    : Array.from({ length: args.count }, (_, i) => args.value(i))
  return values.map((value) => (typeof value === 'number' ? value : args.stop('every value must be a number')))
}

function extreme(args: Arguments, better: (a: number, b: number) => boolean): number | null {
  return numbers(args).reduce<number | null>(
    (best, value) => (best === null || better(value, best) ? value : best),
    null,
  )
}

function total(args: Arguments): number {
  const sum = args
    .list(0)
    .reduce<number>(
      (all, value) => all + (typeof value === 'number' ? value : args.stop('every item must be a number')),
      0,
    )
  return Number.isFinite(sum) ? sum : args.stop('the sum is too large')
}

export const numberFunctions: readonly FunctionDefinition[] = [
  {
    name: 'number',
    group,
    signature: 'number(value)',
    summary: 'The number a text writes; true is 1, false 0. Anything else is refused.',
    argsMin: 1,
    argsMax: 1,
    call: toNumber,
  },
  {
    name: 'round',
    group,
    signature: 'round(number, digits?)',
    summary: 'Rounded to whole numbers or to digits after the point; halves go up.',
    argsMin: 1,
    argsMax: 2,
    call: round,
  },
  {
    name: 'floor',
    group,
    signature: 'floor(number)',
    summary: 'The next whole number below.',
    argsMin: 1,
    argsMax: 1,
    call: (args) => Math.floor(args.number(0)),
  },
  {
    name: 'ceil',
    group,
    signature: 'ceil(number)',
    summary: 'The next whole number above.',
    argsMin: 1,
    argsMax: 1,
    call: (args) => Math.ceil(args.number(0)),
  },
  {
    name: 'abs',
    group,
    signature: 'abs(number)',
    summary: 'Without its sign.',
    argsMin: 1,
    argsMax: 1,
    call: (args) => Math.abs(args.number(0)),
  },
  {
    name: 'min',
    group,
    signature: 'min(numbers…)',
    summary: 'The smallest of several numbers or of one list; null for an empty list.',
    argsMin: 1,
    argsMax: 20,
    call: (args) => extreme(args, (a, b) => a < b),
  },
  {
    name: 'max',
    group,
    signature: 'max(numbers…)',
    summary: 'The largest of several numbers or of one list; null for an empty list.',
    argsMin: 1,
    argsMax: 20,
    call: (args) => extreme(args, (a, b) => a > b),
  },
  {
    name: 'sum',
    group,
    signature: 'sum(list)',
    summary: 'All numbers of a list added up; 0 for an empty one.',
    argsMin: 1,
    argsMax: 1,
    call: total,
  },
]
