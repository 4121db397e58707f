import { isMap, isPair, isScalar, isSeq, Lexer, LineCounter, parseDocument } from 'yaml'
import type { Json } from '../kernel/json'
import { err, type Result } from '../kernel/result'
import { JSON_DEPTH_MAX, parseStrictJson } from '../kernel/strict-json'
import { appendPointer } from '../kernel/pointer'
import { LIMITS } from '../model/limits'
import type { Issue } from '../model/issue'
import { errorAt } from './issue-at'

export type SourceFormat = 'json' | 'yaml' | 'auto'

/** Enough for shared blocks; far too few to make a small file large. */
const ALIASES_MAX = 100

/** The first place of a YAML tree that JSON could not be read from: a key written twice, too deep, a value JSON has not. */
function foreignPlace(node: unknown, path: string, depth: number): Issue | null {
  if (isScalar(node) && typeof node.value === 'number' && !Number.isFinite(node.value)) {
    return errorAt('yaml_not_json', path, `${node.value} is not a JSON number`)
  }
  if (!isMap(node) && !isSeq(node)) return null
  if (depth === JSON_DEPTH_MAX) return tooDeep(path)
  const seen = new Set<string>()
  for (const [index, item] of node.items.entries()) {
    const key = isPair(item) && isScalar(item.key) ? String(item.key.value) : null
    const place = appendPointer(path, key ?? index)
    if (key !== null && seen.has(key)) return errorAt('yaml_duplicate_key', place, `The key “${key}” is written twice`)
    if (key !== null) seen.add(key)
    const found = foreignPlace(isPair(item) ? item.value : item, place, depth + 1)
    if (found !== null) return found
  }
  return null
}

const tooDeep = (path: string) => errorAt('json_too_deep', path, `Nested deeper than ${JSON_DEPTH_MAX} levels`)

/** Brackets open at once, counted before a tree is built: the parser's own work grows with the square of the depth. */
function hasDeepBrackets(text: string): boolean {
  let depth = 0
  for (const token of new Lexer().lex(text)) {
    if (token === '[' || token === '{') depth++
    else if (token === ']' || token === '}') depth--
    if (depth > JSON_DEPTH_MAX) return true
  }
  return false
}

/** What aliases made of a document counts like text that was written: JSON once more. A ring of aliases never gets here. */
function parseExpanded(text: string): Result<Json, Issue> {
  return text.length > LIMITS.documentBytesMax ? err(tooLarge()) : parseJson(text)
}

function parseJson(text: string): Result<Json, Issue> {
  const parsed = parseStrictJson(text)
  return parsed.ok ? parsed : err(errorAt(parsed.error.code, parsed.error.path, parsed.error.message))
}

const tooLarge = () => errorAt('document_too_large', '', `The document is larger than ${LIMITS.documentBytesMax} bytes`)

function parseYaml(text: string): Result<Json, Issue> {
  if (hasDeepBrackets(text)) return err(tooDeep(''))
  const lineCounter = new LineCounter()
  // Duplicate keys are looked for below: the parser compares every pair of keys.
  const options = { uniqueKeys: false, stringKeys: true, version: '1.2', schema: 'core', prettyErrors: false } as const
  try {
    const document = parseDocument(text, { ...options, lineCounter })
    const [first] = document.errors
    if (first !== undefined) {
      if (first.message.startsWith('Maximum call stack')) return err(tooDeep(''))
      const { line, col } = lineCounter.linePos(first.pos[0])
      return err(errorAt('yaml_malformed', '', `${first.message} (line ${line}, column ${col})`))
    }
    const foreign = foreignPlace(document.contents, '', 0)
    if (foreign !== null) return err(foreign)
    return parseExpanded(JSON.stringify(document.toJS({ maxAliasCount: ALIASES_MAX })))
  } catch (error) {
    if (error instanceof RangeError) return err(tooDeep(''))
    // JSON.stringify says so of a ring; the YAML parser's own refusals are ReferenceErrors.
    if (error instanceof TypeError) return err(errorAt('yaml_malformed', '', 'An alias stands inside its own anchor'))
    const reason = error instanceof Error ? error.message : 'Not YAML'
    return err(
      errorAt('yaml_malformed', '', reason, `Aliases may make at most ${ALIASES_MAX} times as much of an anchor.`),
    )
  }
}

/**
 * Reads a document's text. `auto` takes text that begins with { or [ for JSON, everything else for YAML 1.2. Duplicate
 * keys, more than 64 levels and more than 1 MB are refused; a `path` is where in the document, '' = the text itself.
 */
export function parseSource(text: string, format: SourceFormat): Result<Json, Issue> {
  const { documentBytesMax } = LIMITS
  if (text.length > documentBytesMax || new TextEncoder().encode(text).length > documentBytesMax) {
    return err(tooLarge())
  }
  const isJson = format === 'json' || (format === 'auto' && /^\s*[{[]/.test(text))
  return isJson ? parseJson(text) : parseYaml(text)
}
