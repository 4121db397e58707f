/** Where a text stops being JSON, and what is there: `null` at its end. Lines and columns count from 1. */
export type JsonPlace = { readonly line: number; readonly column: number; readonly found: string | null }

/** What may stand at a place of a JSON text. */
type Wanted = 'value' | 'value or ]' | 'key' | 'key or }' | ':' | ', or end' | 'end'

const SPACE = /[ \t\r\n]*/y
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const WORD = /true|false|null/y
/** A string up to what does not belong into it: its closing quote, if nothing is wrong with it. */
const STRING = /"(?:[^"\\]+|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/y
/** Characters below this must be escaped. */
const SPACE_CODE = 32

/** The first place at which nothing could follow that would make the text JSON. Null for a text that is JSON. */
export function findJsonBreak(text: string): JsonPlace | null {
  const open: string[] = []
  let wanted: Wanted = 'value'
  for (let at = 0; ;) {
    at = skip(SPACE, text, at)
    const char = text.charAt(at)
    if (wanted === 'end' && char === '') return null
    const step = read(text, at, wanted, open)
    if (step.wanted === null) return placeOf(text, step.at)
    at = step.at
    wanted = step.wanted
  }
}

type Step = { readonly at: number; readonly wanted: Wanted | null }

function read(text: string, at: number, wanted: Wanted, open: string[]): Step {
  const char = text.charAt(at)
  const bad = { at, wanted: null }
  if (wanted === ':') return char === ':' ? { at: at + 1, wanted: 'value' } : bad
  if (wanted === ', or end') return readSeparator(char, at, open)
  if (wanted === 'key' || wanted === 'key or }') {
    if (char === '}' && wanted === 'key or }') return close(at, open)
    return char === '"' ? readString(text, at, ':') : bad
  }
  if (wanted === 'end') return bad
  if (char === ']' && wanted === 'value or ]') return close(at, open)
  return readValue(text, at, open)
}

function readValue(text: string, at: number, open: string[]): Step {
  const char = text.charAt(at)
  const next: Wanted = open.length === 0 ? 'end' : ', or end'
  if (char === '{' || char === '[') {
    open.push(char)
    return { at: at + 1, wanted: char === '{' ? 'key or }' : 'value or ]' }
  }
  if (char === '"') return readString(text, at, next)
  const end = skip(NUMBER, text, at)
  const behind = end > at ? end : skip(WORD, text, at)
  return { at: behind, wanted: behind > at ? next : null }
}

function readString(text: string, at: number, next: Wanted): Step {
  const end = skip(STRING, text, at)
  for (let i = at; i < end; i++) if (text.charCodeAt(i) < SPACE_CODE) return { at: i, wanted: null }
  return text.charAt(end) === '"' ? { at: end + 1, wanted: next } : { at: end, wanted: null }
}

function readSeparator(char: string, at: number, open: string[]): Step {
  const inObject = open.at(-1) === '{'
  if (char === ',') return { at: at + 1, wanted: inObject ? 'key' : 'value' }
  return char === (inObject ? '}' : ']') ? close(at, open) : { at, wanted: null }
}

function close(at: number, open: string[]): Step {
  open.pop()
  return { at: at + 1, wanted: open.length === 0 ? 'end' : ', or end' }
}

/** Behind what the pattern matches there; the same place when it does not match. */
function skip(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : at
}

function placeOf(text: string, at: number): JsonPlace {
  const before = text.slice(0, at)
  const line = before.split('\n').length
  const found = text.codePointAt(at)
  return {
    line,
    column: at - before.lastIndexOf('\n'),
    found: found === undefined ? null : String.fromCodePoint(found),
  }
}
