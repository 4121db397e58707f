import type { RE2JS } from 're2js'
import type { Json } from '../../kernel/json'
import type { Arguments } from './arguments'
import type { FunctionDefinition } from './define-function'

const group = 'regex'
const MATCHES_MAX = 10_000

/** Matching is linear in the text; ten times the charge of other text work. */
function subject(args: Arguments): string {
  const text = args.text(0)
  args.run.spend(Math.ceil(text.length / 100))
  return text
}

/** The whole match first, then its groups; a group that took no part is null. */
function groups(matcher: ReturnType<RE2JS['matcher']>): Json[] {
  return Array.from({ length: matcher.groupCount() + 1 }, (_, i) => matcher.group(i))
}

function find(args: Arguments, pattern: RE2JS | null): Json {
  const matcher = pattern?.matcher(subject(args))
  return matcher?.find() === true ? groups(matcher) : null
}

function findAll(args: Arguments, pattern: RE2JS | null): Json {
  const matcher = pattern?.matcher(subject(args))
  const found: Json[] = []
  while (matcher?.find() === true) {
    if (found.push(matcher.group(0)) > MATCHES_MAX) args.stop(`there are more than ${MATCHES_MAX} matches`)
    args.run.spend(1)
  }
  return found
}

function replace(args: Arguments, pattern: RE2JS | null): Json {
  const [text, replacement] = [subject(args), args.text(2)]
  const matcher = pattern?.matcher(text)
  const parts: string[] = []
  let chars = 0
  let from = 0
  while (matcher?.find() === true) {
    const kept = text.slice(from, matcher.start())
    parts.push(kept, replacement)
    chars += kept.length + replacement.length
    args.building(chars)
    args.run.spend(1)
    from = matcher.end()
  }
  return parts.join('') + text.slice(from)
}

export const regexFunctions: readonly FunctionDefinition[] = [
  {
    name: 'matches',
    group,
    signature: 'matches(text, pattern)',
    summary: 'Whether the pattern is found anywhere in the text; ^ and $ tie it to the ends.',
    argsMin: 2,
    argsMax: 2,
    patternArgument: 1,
    call: (args, pattern) => pattern?.test(subject(args)) ?? false,
  },
  {
    name: 'regex_find',
    group,
    signature: 'regex_find(text, pattern)',
    summary: 'A list of the first match and its groups; null when there is none.',
    argsMin: 2,
    argsMax: 2,
    patternArgument: 1,
    call: find,
  },
  {
    name: 'regex_find_all',
    group,
    signature: 'regex_find_all(text, pattern)',
    summary: 'The list of all matches.',
    argsMin: 2,
    argsMax: 2,
    patternArgument: 1,
    call: findAll,
  },
  {
    name: 'regex_replace',
    group,
    signature: 'regex_replace(text, pattern, replacement)',
    summary: 'With every match replaced by the text of replacement, which has no special characters.',
    argsMin: 3,
    argsMax: 3,
    patternArgument: 1,
    call: replace,
  },
]
