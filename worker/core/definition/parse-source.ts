import { parseDocument } from 'yaml'
import { isJsonObject, type Json } from '../kernel/json'
import { err, ok, type Result } from '../kernel/result'
import { JSON_DEPTH_MAX, parseStrictJson } from '../kernel/strict-json'
import { appendPointer } from '../kernel/pointer'
import { LIMITS } from '../model/limits'
import type { Issue } from '../model/issue'

export type SourceFormat = 'json' | 'yaml' | 'auto'

/** Enough for shared blocks; far too few to make a small file large. */
const ALIASES_MAX = 100

function issue(code: string, path: string, message: string, hint?: string): Issue {
  return { code, severity: 'error', path, message, ...(hint === undefined ? {} : { hint }) }
}

/** The first place where a value is not JSON (YAML knows more), is too deep, or has a key that is not text. */
function foreignPlace(value: unknown, path: string, depth: number): Issue | null {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return null
  if (typeof value === 'number') {
    return Number.isFinite(value) ? null : issue('yaml_not_json', path, `${value} is not a JSON number`)
  }
  if (typeof value !== 'object') return issue('yaml_not_json', path, `A ${typeof value} is not JSON`)
  if (depth === JSON_DEPTH_MAX) return issue('json_too_deep', path, `Nested deeper than ${JSON_DEPTH_MAX} levels`)
  if (!Array.isArray(value) && !isJsonObject(value)) return issue('yaml_not_json', path, 'Not JSON')
  for (const [key, item] of Object.entries(value)) {
    const found = foreignPlace(item, appendPointer(path, key), depth + 1)
    if (found !== null) return found
  }
  return null
}

function parseYaml(text: string): Result<Json, Issue> {
  try {
    const document = parseDocument(text, {
      uniqueKeys: true,
      version: '1.2',
      schema: 'core',
      stringKeys: true,
      prettyErrors: true,
    })
    const [first] = document.errors
    if (first !== undefined) {
      const code = first.code === 'DUPLICATE_KEY' ? 'yaml_duplicate_key' : 'yaml_malformed'
      const place = first.linePos?.[0]
      const where = place === undefined ? '' : ` (line ${place.line}, column ${place.col})`
      return err(issue(code, '', `${first.message.split(/ at line |\n/)[0] ?? first.message}${where}`))
    }
    const value: unknown = document.toJS({ maxAliasCount: ALIASES_MAX })
    const foreign = foreignPlace(value, '', 0)
    return foreign === null ? ok(value as Json) : err(foreign)
  } catch (error) {
    if (error instanceof RangeError) {
      return err(issue('json_too_deep', '', `Nested deeper than ${JSON_DEPTH_MAX} levels`))
    }
    const reason = error instanceof Error ? error.message : 'not YAML'
    return err(issue('yaml_malformed', '', reason, 'Aliases may be used at most 100 times.'))
  }
}

/**
 * Reads a document's text. `auto` takes text that begins with { or [ for JSON, everything else for YAML 1.2. Duplicate
 * keys, more than 64 levels and more than 1 MB are refused; a `path` is where in the document, '' = the text itself.
 */
export function parseSource(text: string, format: SourceFormat): Result<Json, Issue> {
  const { documentBytesMax } = LIMITS
  if (text.length > documentBytesMax || new TextEncoder().encode(text).length > documentBytesMax) {
    return err(issue('document_too_large', '', `The document is larger than ${documentBytesMax} bytes`))
  }
  const isJson = format === 'json' || (format === 'auto' && /^\s*[{[]/.test(text))
  if (!isJson) return parseYaml(text)
  const parsed = parseStrictJson(text)
  return parsed.ok ? parsed : err(issue(parsed.error.code, parsed.error.path, parsed.error.message))
}
