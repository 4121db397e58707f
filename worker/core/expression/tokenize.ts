import { CompileRefusal } from './compile-refusal'
import { EXPRESSION_LIMITS } from './expression-limits'

export type Token = {
  readonly kind: 'name' | 'number' | 'string' | 'operator' | 'end'
  /** The name, the operator, or the meaning of a string; for a number its digits. */
  readonly text: string
  readonly at: number
  readonly end: number
}

const SPACE = /[ \t\r\n]*/y
const NAME = /[A-Za-z_$][\w$]*/y
/** Only behind a dot: `stages.poll-build-status`. Elsewhere a minus subtracts. */
const HYPHENATED = /[A-Za-z_$][\w$]*(?:-[A-Za-z0-9_$]+)*/y
const NUMBER = /(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const OPERATOR = /==|!=|<=|>=|&&|\|\||\?\?|\?\.|[<>!+\-*/%?:[\]().,]/y
const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  '\\': '\\',
  '/': '/',
  "'": "'",
  '"': '"',
}

/** What people try, and what is written instead. */
const HINTS: readonly (readonly [RegExp, string])[] = [
  [/===|!==/y, 'Write == or !=; they never convert types.'],
  [/=/y, 'Write == to compare; an expression cannot assign.'],
  [/\|/y, 'There are no pipes: call a function, such as upper(input.name).'],
  [/&/y, 'Write && for “and”.'],
  [/`/y, 'Write strings with \' or ".'],
  [/[{}]/y, 'Objects cannot be written inside an expression; spread them over the JSON around it.'],
]

function matchAt(pattern: RegExp, text: string, at: number): string | null {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0] ?? null
}

function readString(text: string, at: number): Token {
  const quote = text[at]
  let value = ''
  for (let i = at + 1; i < text.length; i++) {
    const char = text.charAt(i)
    if (char === quote) return { kind: 'string', text: value, at, end: i + 1 }
    if (char !== '\\') {
      value += char
      continue
    }
    const escape = text.charAt(++i)
    const hex = escape === 'u' ? matchAt(/[0-9a-fA-F]{4}/y, text, i + 1) : null
    const plain = Object.hasOwn(ESCAPES, escape) ? ESCAPES[escape] : undefined
    if (hex !== null) {
      value += String.fromCharCode(parseInt(hex, 16))
      i += 4
    } else if (plain === undefined) {
      throw new CompileRefusal(`Unknown escape \\${escape} in a string`, i - 1, 'Write \\\\ for a backslash.')
    } else value += plain
  }
  throw new CompileRefusal('A string is never closed', at, `Close it with ${quote}.`)
}

function refuseCharacter(text: string, at: number): never {
  const hint = HINTS.find(([pattern]) => matchAt(pattern, text, at) !== null)?.[1]
  throw new CompileRefusal(`Unexpected character ${JSON.stringify(text.charAt(at))} in an expression`, at, hint)
}

function readToken(text: string, at: number, behindDot: boolean): Token {
  const char = text.charAt(at)
  if (char === "'" || char === '"') return readString(text, at)
  const name = matchAt(behindDot ? HYPHENATED : NAME, text, at)
  if (name !== null) return { kind: 'name', text: name, at, end: at + name.length }
  const digits = matchAt(NUMBER, text, at)
  if (digits !== null) return { kind: 'number', text: digits, at, end: at + digits.length }
  const operator = matchAt(OPERATOR, text, at)
  if (operator === null || matchAt(/===|!==/y, text, at) !== null) refuseCharacter(text, at)
  return { kind: 'operator', text: operator, at, end: at + operator.length }
}

/** The tokens between `start` and the closing `}}`, ended by one `end` token that stands on it. */
export function tokenize(text: string, start: number): readonly Token[] {
  const tokens: Token[] = []
  let at = start
  let behindDot = false
  for (;;) {
    at += matchAt(SPACE, text, at)?.length ?? 0
    if (at - start > EXPRESSION_LIMITS.lengthMax) {
      throw new CompileRefusal(`An expression is longer than ${EXPRESSION_LIMITS.lengthMax} characters`, start)
    }
    if (text.startsWith('}}', at)) {
      tokens.push({ kind: 'end', text: '}}', at, end: at + 2 })
      return tokens
    }
    if (at >= text.length) {
      throw new CompileRefusal(
        '{{ is never closed',
        start - 2,
        "Close it with }}; to write braces as text use {{ '{{' }}.",
      )
    }
    const token = readToken(text, at, behindDot)
    tokens.push(token)
    behindDot = token.kind === 'operator' && (token.text === '.' || token.text === '?.')
    at = token.end
  }
}
