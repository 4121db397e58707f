import { isJsonObject, type Json, type JsonObject } from '#core/kernel/json'
import { parseStrictJson } from '#core/kernel/strict-json'

type Refused = { readonly ok: false; readonly message: string }

/** Reads what somebody typed as JSON, as strictly as the API does; says where it stops being JSON. */
export function readJson(text: string): { readonly ok: true; readonly value: Json } | Refused {
  if (text.trim() === '') return { ok: false, message: 'This is empty.' }
  const read = parseStrictJson(text)
  return read.ok ? read : { ok: false, message: `${read.error.message}.` }
}

/** The same, of what has to be an object. */
export function readJsonObject(text: string): { readonly ok: true; readonly value: JsonObject } | Refused {
  const read = readJson(text)
  if (!read.ok) return read
  if (isJsonObject(read.value)) return { ok: true, value: read.value }
  return { ok: false, message: 'This has to be an object: { … }.' }
}
