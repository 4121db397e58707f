import type { FunctionDefinition } from './define-function'
import { equals, toText } from '../values'

const group = 'text'

/** Occurrences are counted before anything is built, so that no replacement can grow beyond the limit. */
function occurrences(text: string, search: string): number {
  if (search === '') return text.length + 1
  let count = 0
  for (let at = text.indexOf(search); at !== -1; at = text.indexOf(search, at + search.length)) count++
  return count
}

function pad(args: Parameters<FunctionDefinition['call']>[0], side: 'padStart' | 'padEnd'): string {
  const length = args.integer(1)
  args.building(length)
  return args.text(0)[side](length, args.text(2, ' '))
}

export const textFunctions: readonly FunctionDefinition[] = [
  {
    name: 'string',
    group,
    signature: 'string(value)',
    summary: 'The value as text; objects and lists as JSON. null is refused.',
    argsMin: 1,
    argsMax: 1,
    secretUse: 'whole',
    call: (args) => toText(args.value(0), 'The value', args.run),
  },
  {
    name: 'upper',
    group,
    signature: 'upper(text)',
    summary: 'In capital letters.',
    argsMin: 1,
    argsMax: 1,
    call: (args) => args.text(0).toUpperCase(),
  },
  {
    name: 'lower',
    group,
    signature: 'lower(text)',
    summary: 'In small letters.',
    argsMin: 1,
    argsMax: 1,
    call: (args) => args.text(0).toLowerCase(),
  },
  {
    name: 'trim',
    group,
    signature: 'trim(text)',
    summary: 'Without white space at both ends.',
    argsMin: 1,
    argsMax: 1,
    call: (args) => args.text(0).trim(),
  },
  {
    name: 'substring',
    group,
    signature: 'substring(text, start, end?)',
    summary: 'The characters from start up to, not including, end; negative numbers count from the end.',
    argsMin: 2,
    argsMax: 3,
    call: (args) => args.text(0).slice(args.integer(1), args.integer(2, args.text(0).length)),
  },
  {
    name: 'contains',
    group,
    signature: 'contains(textOrList, wanted)',
    summary: 'Whether a text holds another, or a list an equal item.',
    argsMin: 2,
    argsMax: 2,
    call: (args) => {
      if (typeof args.value(0) === 'string') return args.text(0).includes(args.text(1))
      return args.list(0).some((item) => equals(item, args.value(1), args.run))
    },
  },
  {
    name: 'starts_with',
    group,
    signature: 'starts_with(text, start)',
    summary: 'Whether a text begins with another.',
    argsMin: 2,
    argsMax: 2,
    call: (args) => args.text(0).startsWith(args.text(1)),
  },
  {
    name: 'ends_with',
    group,
    signature: 'ends_with(text, end)',
    summary: 'Whether a text ends with another.',
    argsMin: 2,
    argsMax: 2,
    call: (args) => args.text(0).endsWith(args.text(1)),
  },
  {
    name: 'replace',
    group,
    signature: 'replace(text, search, replacement)',
    summary: 'With every occurrence of search replaced; no pattern, no special characters.',
    argsMin: 3,
    argsMax: 3,
    call: (args) => {
      const [text, search, replacement] = [args.text(0), args.text(1), args.text(2)]
      args.building(text.length + occurrences(text, search) * replacement.length)
      return text.replaceAll(search, () => replacement)
    },
  },
  {
    name: 'split',
    group,
    signature: 'split(text, separator)',
    summary: 'The list of parts between separators.',
    argsMin: 2,
    argsMax: 2,
    call: (args) => {
      const [text, separator] = [args.text(0), args.text(1)]
      args.run.spend(occurrences(text, separator))
      return text.split(separator)
    },
  },
  {
    name: 'pad_start',
    group,
    signature: 'pad_start(text, length, fill?)',
    summary: 'Filled up at its start to a length, with spaces unless fill says otherwise.',
    argsMin: 2,
    argsMax: 3,
    call: (args) => pad(args, 'padStart'),
  },
  {
    name: 'pad_end',
    group,
    signature: 'pad_end(text, length, fill?)',
    summary: 'Filled up at its end.',
    argsMin: 2,
    argsMax: 3,
    call: (args) => pad(args, 'padEnd'),
  },
]
