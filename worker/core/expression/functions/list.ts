import type { Json } from '../../kernel/json'
import { equals, readField, toText } from '../values'
import type { Arguments } from './arguments'
import type { FunctionDefinition } from './define-function'

const group = 'list'

function lengthOf(args: Arguments): number {
  const value = args.value(0)
  if (typeof value === 'string') return value.length
  return Array.isArray(value) ? value.length : Object.keys(args.object(0)).length
}

function join(args: Arguments): string {
  const [list, separator] = [args.list(0), args.text(1, ',')]
  const parts = list.map((item, i) => toText(item, `Item ${i}`, args.run))
  args.building(parts.reduce((chars, part) => chars + part.length + separator.length, 0))
  return parts.join(separator)
}

function sort(args: Arguments): Json {
  const list = args.list(0)
  const field = args.count > 1 ? args.text(1) : null
  const keyOf = (item: Json) => (field === null ? item : readField(item, field))
  args.run.spend(list.length * Math.ceil(Math.log2(list.length + 2)))
  return list.toSorted((left, right) => {
    const [a, b] = [keyOf(left), keyOf(right)]
    if (typeof a === 'number' && typeof b === 'number') return a - b
    if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : Number(a > b)
    return args.stop('the items must be all numbers or all text')
  })
}

function unique(args: Arguments): Json {
  const seen = new Set<Json>()
  const complex: Json[] = []
  return args.list(0).filter((item) => {
    if (typeof item !== 'object' || item === null) return !seen.has(item) && seen.add(item) !== null
    if (complex.some((other) => equals(other, item, args.run))) return false
    complex.push(item)
    return true
  })
}

function flatten(args: Arguments): Json {
  const flat = args.list(0).flatMap((item) => (Array.isArray(item) ? (item as readonly Json[]) : [item]))
  args.run.spend(flat.length)
  return flat
}

export const listFunctions: readonly FunctionDefinition[] = [
  {
    name: 'length',
    group,
    signature: 'length(value)',
    summary: 'Characters of a text, items of a list, keys of an object.',
    argsMin: 1,
    argsMax: 1,
    call: lengthOf,
  },
  {
    name: 'first',
    group,
    signature: 'first(list)',
    summary: 'The first item; null for an empty list.',
    argsMin: 1,
    argsMax: 1,
    call: (args) => args.list(0)[0] ?? null,
  },
  {
    name: 'last',
    group,
    signature: 'last(list)',
    summary: 'The last item; null for an empty list.',
    argsMin: 1,
    argsMax: 1,
    call: (args) => args.list(0).at(-1) ?? null,
  },
  {
    name: 'slice',
    group,
    signature: 'slice(list, start, end?)',
    summary: 'The items from start up to, not including, end; negative numbers count from the end.',
    argsMin: 2,
    argsMax: 3,
    call: (args) => args.list(0).slice(args.integer(1), args.integer(2, args.list(0).length)),
  },
  {
    name: 'join',
    group,
    signature: 'join(list, separator?)',
    summary: 'One text of all items, with commas unless separator says otherwise.',
    argsMin: 1,
    argsMax: 2,
    secretUse: 'whole',
    call: join,
  },
  {
    name: 'concat',
    group,
    signature: 'concat(list, list)',
    summary: 'The items of both lists.',
    argsMin: 2,
    argsMax: 2,
    secretUse: 'whole',
    call: (args) => [...args.list(0), ...args.list(1)],
  },
  {
    name: 'sort',
    group,
    signature: 'sort(list, field?)',
    summary: 'Sorted upwards: numbers by size, text by character; objects by one of their fields.',
    argsMin: 1,
    argsMax: 2,
    call: sort,
  },
  {
    name: 'reverse',
    group,
    signature: 'reverse(list)',
    summary: 'In the opposite order.',
    argsMin: 1,
    argsMax: 1,
    call: (args) => args.list(0).toReversed(),
  },
  {
    name: 'unique',
    group,
    signature: 'unique(list)',
    summary: 'Without repeated items; the first of equals stays.',
    argsMin: 1,
    argsMax: 1,
    call: unique,
  },
  {
    name: 'flatten',
    group,
    signature: 'flatten(list)',
    summary: 'Lists inside the list replaced by their items, one level deep.',
    argsMin: 1,
    argsMax: 1,
    call: flatten,
  },
  {
    name: 'pluck',
    group,
    signature: 'pluck(list, field)',
    summary: 'One field of every item; null where it is missing.',
    argsMin: 2,
    argsMax: 2,
    call: (args) => args.list(0).map((item) => readField(item, args.text(1))),
  },
  {
    name: 'where',
    group,
    signature: 'where(list, field, value)',
    summary: 'The items whose field equals the value.',
    argsMin: 3,
    argsMax: 3,
    call: (args) => args.list(0).filter((item) => equals(readField(item, args.text(1)), args.value(2), args.run)),
  },
]
