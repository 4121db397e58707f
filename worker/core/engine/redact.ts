import { isJsonObject, type Json } from '../kernel/json'
import { setOwn } from '../kernel/set-own'
import { createTextMasker } from './mask-text'

const PART_LENGTH_MIN = 4

/** Masks secrets. `finds`: whether JSON text may hold one; absent = nobody can tell without reading it as a value. */
export type Redact = ((json: Json) => Json) & { readonly finds?: (jsonText: string) => boolean }

type Known = readonly (readonly [name: string, value: string])[]

/** JSON may spell any character by its number; what it does to the others leaves enough to go by. */
function spelledOut(jsonText: string): string {
  if (!jsonText.includes('\\u00')) return jsonText
  return jsonText.replace(/\\u(00[0-9a-fA-F]{2})/g, (_all, code: string) => String.fromCharCode(parseInt(code, 16)))
}

/** Never misses a secret that redacting the parsed text would mask; may see one where there is none. */
function textFinder(known: Known, hints: (text: string) => boolean): (jsonText: string) => boolean {
  const values = known.map(([, value]) => value)
  // A number has many spellings.
  if (values.some(isNumber)) return () => true
  const short = values.filter((value) => value.length < PART_LENGTH_MIN)
  return (jsonText) => {
    const text = spelledOut(jsonText)
    return hints(text) || (short.length > 0 && holdsString(text, short))
  }
}

function holdsString(jsonText: string, values: readonly string[]): boolean {
  return jsonText.includes('\\') || values.some((value) => jsonText.includes(JSON.stringify(value)))
}

function isNumber(value: string): boolean {
  return String(Number(value)) === value
}

/**
 * Masks secrets by their names in every string of a value, keys included, and in every usual encoding. Values shorter
 * than four characters are masked only where they are the whole string. What holds no secret is answered as it is.
 */
export function createRedactor(secrets: Readonly<Record<string, string>>): Redact {
  const known = Object.entries(secrets).filter(([, value]) => value !== '')
  if (known.length === 0) return Object.assign((json: Json) => json, { finds: () => false })
  const whole = new Map(known.map(([name, value]) => [value, `[secret ${name}]`]))
  const masker = createTextMasker(Object.fromEntries(known.filter(([, value]) => value.length >= PART_LENGTH_MIN)))
  const mask = (text: string) => whole.get(text) ?? masker.mask(text)
  const numbers = new Set(known.map(([, value]) => value).filter(isNumber))

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
  return Object.assign(redact, { finds: textFinder(known, masker.hints) })
}
