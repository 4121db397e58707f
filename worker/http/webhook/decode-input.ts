import type { ErrorCode } from '#core/contract/errors'
import type { Json } from '#core/kernel/json'
import { err, ok, type Result } from '#core/kernel/result'
import { setOwn } from '#core/kernel/set-own'
import { type JsonProblem, parseStrictJson } from '#core/kernel/strict-json'
import type { Refusal } from './refusal'

const CODES = {
  json_malformed: 'malformed_json',
  json_duplicate_key: 'duplicate_key',
  json_too_deep: 'too_deep',
} as const satisfies Record<JsonProblem['code'], ErrorCode>

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })

const JSON_TYPE = /^application\/(?:json|[a-z0-9.+_-]+\+json)$/
const ACCEPTED = 'application/json, application/x-www-form-urlencoded or text/plain'

/**
 * The execution's input, as JSON text: the parsed body itself (S23), or the query of a call without one. The media type alone
 * decides how bytes are read; nothing is guessed from their content.
 */
export function decodeInput(body: Uint8Array, contentType: string | null, query: string): Result<string, Refusal> {
  if (body.length === 0) return ok(query === '' ? '{}' : JSON.stringify(fieldsOf(query)))
  const type = mediaType(contentType)
  const isForm = type === 'application/x-www-form-urlencoded'
  if (!isForm && type !== 'text/plain' && !JSON_TYPE.test(type)) {
    const detail =
      type === '' ? 'The body has no Content-Type.' : `Bodies of type ${type.slice(0, 100)} are not accepted.`
    return err({ code: 'unsupported_media_type', details: { detail: `${detail} Send ${ACCEPTED}.` } })
  }
  const text = decodeUtf8(body)
  if (text === null) return err({ code: 'malformed_json', details: { detail: 'The body is not valid UTF-8.' } })
  if (isForm) return ok(JSON.stringify(fieldsOf(text)))
  if (type === 'text/plain') return ok(JSON.stringify(text))
  const parsed = parseStrictJson(text)
  return parsed.ok ? ok(text) : err(jsonRefusal(parsed.error))
}

/** Whether a body of this type is read as JSON. */
export function isJsonType(contentType: string | null): boolean {
  return JSON_TYPE.test(mediaType(contentType))
}

/** Two types, one header or two, are no type: whoever reads the other one would see another body. */
function mediaType(contentType: string | null): string {
  const written = contentType ?? ''
  return (written.includes(',') ? written : (written.split(';', 1)[0] ?? '')).trim().toLowerCase()
}

/** Fields of a query or form; a field named twice becomes a list. */
export function fieldsOf(encoded: string): Record<string, Json> {
  const fields: Record<string, Json> = {}
  for (const [name, value] of new URLSearchParams(encoded)) {
    const before = Object.hasOwn(fields, name) ? fields[name] : undefined
    if (before === undefined) setOwn(fields, name, value)
    else if (Array.isArray(before)) before.push(value)
    else setOwn(fields, name, [before, value])
  }
  return fields
}

function jsonRefusal(problem: JsonProblem): Refusal {
  const code = CODES[problem.code]
  const { path, message } = problem
  return { code, details: { detail: message, issues: [{ code, severity: 'error', path, message }] } }
}

function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return UTF8.decode(bytes)
  } catch {
    return null
  }
}
