import type { Json } from './json'
import { findJsonBreak } from './json-place'
import { appendPointer } from './pointer'
import { err, ok, type Result } from './result'

export const JSON_DEPTH_MAX = 64

export type JsonProblem = {
  readonly code: 'json_malformed' | 'json_duplicate_key' | 'json_too_deep'
  /** JSON Pointer of the offending place; empty when the text is not JSON at all. */
  readonly path: string
  readonly message: string
}

const QUOTE = 34
const BACKSLASH = 92

/** The index of the quote that closes the string opened at `open`. The text is known to be valid JSON. */
function closingQuote(text: string, open: number): number {
  let at = open
  for (;;) {
    at = text.indexOf('"', at + 1)
    let first = at
    while (text.charCodeAt(first - 1) === BACKSLASH) first--
    if ((at - first) % 2 === 0) return at
  }
}

/** How many keys the text writes and how deep it nests. The text is known to be valid JSON. */
function measureText(text: string): { keys: number; depth: number } {
  let keys = 0
  let depth = 0
  let deepest = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === QUOTE) i = closingQuote(text, i)
    else if (code === 58) keys++
    else if (code === 123 || code === 91) {
      if (++depth > deepest) deepest = depth
    } else if (code === 125 || code === 93) depth--
  }
  return { keys, depth: deepest }
}

/** NaN, which equals no count, when a number overflowed: JSON has no infinity to write it down with. */
function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return typeof value === 'number' && !Number.isFinite(value) ? NaN : 0
  let keys = 0
  if (Array.isArray(value)) {
    for (const item of value) keys += countKeys(item)
    return keys
  }
  for (const key of Object.keys(value)) keys += 1 + countKeys((value as Record<string, unknown>)[key])
  return keys
}

function isBehind(text: string, at: number, wanted: string): boolean {
  let i = at
  while (' \t\r\n'.includes(text.charAt(i)) && i < text.length) i++
  return text.charAt(i) === wanted
}

type Frame = { readonly path: string; readonly seen: Set<string> | null; key: string; item: number }

const placeOf = (frame: Frame | undefined) =>
  frame === undefined ? '' : appendPointer(frame.path, frame.seen === null ? frame.item : frame.key)

/** Walks valid JSON again, slowly, to name the first duplicate key or the first place that is too deep. */
function findProblem(text: string): JsonProblem {
  const frames: Frame[] = []
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i)
    const frame = frames.at(-1)
    if (char === '{' || char === '[') {
      const path = placeOf(frame)
      if (frames.length === JSON_DEPTH_MAX) {
        return { code: 'json_too_deep', path, message: `JSON is nested deeper than ${JSON_DEPTH_MAX} levels` }
      }
      frames.push({ path, seen: char === '{' ? new Set() : null, key: '', item: 0 })
    } else if (char === '}' || char === ']') frames.pop()
    else if (char === ',' && frame !== undefined) frame.item++
    else if (char === '"') {
      const open = i
      i = closingQuote(text, i)
      if (frame?.seen == null || !isBehind(text, i + 1, ':')) continue
      frame.key = JSON.parse(text.slice(open, i + 1)) as string
      if (frame.seen.has(frame.key)) {
        const message = `The key ${JSON.stringify(frame.key)} is written twice`
        return { code: 'json_duplicate_key', path: appendPointer(frame.path, frame.key), message }
      }
      frame.seen.add(frame.key)
    }
  }
  return { code: 'json_malformed', path: '', message: 'A number is too large' }
}

/** Engines name the place in some of their messages only. */
function breakOf(text: string): string {
  const place = findJsonBreak(text)
  if (place === null) return 'it cannot be read'
  const { line, column, found } = place
  const what = found === null ? 'the text ends too early' : `${JSON.stringify(found)} is not expected here`
  return `line ${line}, column ${column}: ${what}`
}

/**
 * Parses JSON and refuses what parsers disagree about: duplicate keys (compared after unescaping), numbers beyond what a
 * double holds, and nesting deeper than 64. `__proto__` is an ordinary own key of the result.
 */
export function parseStrictJson(text: string): Result<Json, JsonProblem> {
  let value: Json
  try {
    value = JSON.parse(text) as Json
  } catch (error) {
    const reason = error instanceof SyntaxError ? breakOf(text) : 'too deep'
    return err({ code: 'json_malformed', path: '', message: `Not JSON: ${reason}` })
  }
  const { keys, depth } = measureText(text)
  if (depth > JSON_DEPTH_MAX || keys !== countKeys(value)) return err(findProblem(text))
  return ok(value)
}
