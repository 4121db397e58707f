import { encodeBase64 } from '../expression/base64'
import { isJsonObject, type Json } from '../kernel/json'
import { setOwn } from '../kernel/set-own'

const PART_LENGTH_MIN = 4
const DERIVED_LENGTH_MIN = 6
const LINE_LENGTH_MIN = 8

/** Masks secrets. `finds`: whether JSON text may hold one; absent = nobody can tell without reading it as a value. */
export type Redact = ((json: Json) => Json) & { readonly finds?: (jsonText: string) => boolean }

const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }

/** JSON text with its escapes undone: whatever a string in it holds stands there as it is. */
function unescaped(jsonText: string): string {
  if (!jsonText.includes('\\')) return jsonText
  return jsonText.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/gs, (_all, code: string | undefined, sign: string) =>
    code === undefined ? (ESCAPES[sign] ?? sign) : String.fromCharCode(parseInt(code, 16)),
  )
}

/** Never misses a secret that redacting the parsed text would mask; may see one where there is none. */
function textFinder(secrets: readonly (readonly [name: string, value: string])[]): (jsonText: string) => boolean {
  const values = secrets.map(([, value]) => value)
  // A number has many spellings.
  if (values.some((value) => String(Number(value)) === value)) return () => true
  const forms = values.flatMap((value) => (value.length < PART_LENGTH_MIN ? [`"${value}"`] : formsOf(value)))
  return (jsonText) => {
    const text = unescaped(jsonText)
    return forms.some((form) => text.includes(form))
  }
}

/** Base64 of bytes wherever they stand in a longer text: only the characters that do not depend on the neighbours. */
function base64Forms(bytes: Uint8Array): string[] {
  return [0, 1, 2].map((shift) => {
    const shifted = new Uint8Array(shift + bytes.length)
    shifted.set(bytes, shift)
    const first = Math.ceil((shift * 8) / 6)
    const end = Math.floor((shifted.length * 8) / 6)
    return encodeBase64(shifted).slice(first, end)
  })
}

/** The encodings in which a value may turn up: JSON, URL, form, base64 at any offset, hex. */
function formsOf(value: string): string[] {
  const bytes = new TextEncoder().encode(value)
  const base64 = [encodeBase64(bytes), ...base64Forms(bytes)]
  // Through bytes and back, because encodeURIComponent throws on half a surrogate pair.
  const uri = encodeURIComponent(new TextDecoder().decode(bytes))
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  const json = JSON.stringify(value).slice(1, -1)
  const derived = [
    json,
    JSON.stringify(json).slice(1, -1),
    uri,
    uri.replaceAll('%20', '+'),
    ...base64,
    ...base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
    hex,
    hex.toUpperCase(),
  ]
  const lines = value.includes('\n') ? value.split(/\r?\n/).filter((line) => line.length >= LINE_LENGTH_MIN) : []
  return [value, ...derived.filter((text) => text.length >= DERIVED_LENGTH_MIN), ...lines]
}

/** Finds every form of every value in a text; longer forms first, so that a whole is not masked in pieces. */
function textMasker(secrets: readonly (readonly [name: string, value: string])[]): (text: string) => string {
  const whole = new Map(secrets.map(([name, value]) => [value, `[secret ${name}]`]))
  const parts = new Map<string, string>()
  for (const [name, value] of secrets) {
    if (value.length < PART_LENGTH_MIN) continue
    for (const form of formsOf(value)) if (!parts.has(form)) parts.set(form, `[secret ${name}]`)
  }
  const forms = [...parts.keys()].sort((a, b) => b.length - a.length)
  const lengthMin = forms.at(-1)?.length ?? Infinity
  const pattern = new RegExp(forms.map((form) => form.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')).join('|'), 'g')
  return (text) => {
    const mask = whole.get(text)
    if (mask !== undefined) return mask
    if (text.length < lengthMin || !forms.some((form) => text.includes(form))) return text
    return text.replace(pattern, (form) => parts.get(form) ?? form)
  }
}

/**
 * Masks secrets by their names in every string of a value, keys included, and in every usual encoding. Values shorter
 * than four characters are masked only where they are the whole string. What holds no secret is answered as it is.
 */
export function createRedactor(secrets: Readonly<Record<string, string>>): Redact {
  const known = Object.entries(secrets).filter(([, value]) => value !== '')
  if (known.length === 0) return Object.assign((json: Json) => json, { finds: () => false })
  const mask = textMasker(known)
  const numbers = new Set(known.map(([, value]) => value).filter((value) => String(Number(value)) === value))

  const redactList = (list: readonly Json[]): Json => {
    let changed: Json[] | null = null
    for (const [i, item] of list.entries()) {
      const kept = redact(item)
      if (kept !== item) changed ??= [...list]
      if (changed !== null) changed[i] = kept
    }
    return changed ?? list
  }
  const redactObject = (object: { readonly [key: string]: Json }): Json => {
    const entries = Object.entries(object)
    const kept = entries.map(([key, value]) => [mask(key), redact(value)] as const)
    if (kept.every(([key, value], i) => key === entries[i]?.[0] && value === entries[i][1])) return object
    const result: Record<string, Json> = {}
    for (const [key, value] of kept) setOwn(result, key, value)
    return result
  }
  const redact: Redact = (json) => {
    if (typeof json === 'string') return mask(json)
    if (typeof json === 'number') return numbers.size > 0 && numbers.has(String(json)) ? mask(String(json)) : json
    if (isJsonObject(json)) return redactObject(json)
    return Array.isArray(json) ? redactList(json as readonly Json[]) : json
  }
  return Object.assign(redact, { finds: textFinder(known) })
}
