import { isJsonObject, type Json, type JsonObject } from '../kernel/json'

const FORM = 'application/x-www-form-urlencoded'

function pair(name: string, value: Json): string {
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
  return `${encodeURIComponent(name)}=${encodeURIComponent(text)}`
}

/** `name=value` pairs joined by `&`: a list repeats its name, null is left out. */
export function encodePairs(fields: JsonObject): string {
  return Object.entries(fields)
    .flatMap(([name, value]) =>
      Array.isArray(value) ? value.map((item: Json) => pair(name, item)) : value === null ? [] : [pair(name, value)],
    )
    .join('&')
}

/**
 * A body as it is sent, with the content type it gets when the request names none.
 * Text goes out as written; anything else as JSON, whatever JSON-like type is named (S146), or as a form when that is named.
 */
export function encodeBody(body: Json, contentType: string | undefined): { text: string; contentType: string } {
  if (typeof body === 'string') return { text: body, contentType: 'text/plain;charset=UTF-8' }
  if (contentType?.toLowerCase().startsWith(FORM) && isJsonObject(body))
    return { text: encodePairs(body), contentType: FORM }
  return { text: JSON.stringify(body), contentType: 'application/json' }
}
