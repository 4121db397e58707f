import type { Json, JsonObject } from '../kernel/json'
import { EvaluationStop, type Evaluation } from './evaluation-stop'

const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype'])

/** What a person calls the type of a value. */
export function typeName(value: Json): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'an object'
  if (typeof value === 'string') return 'text'
  return typeof value === 'number' ? 'a number' : 'a boolean'
}

/** The field of an object or the item of a list; null for whatever is not there. Own properties only. */
export function readKey(value: Json, key: Json): Json {
  if (typeof key === 'string') return readField(value, key)
  if (typeof key === 'number') {
    if (Array.isArray(value)) return (value as readonly Json[])[key] ?? null
    return typeof value === 'object' && value !== null ? readField(value, String(key)) : null
  }
  throw new EvaluationStop(
    'type_mismatch',
    `Brackets hold ${typeName(key)}`,
    'Index a list with a number, an object with text.',
  )
}

export function readField(value: Json, name: string): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    if (name === 'length' && (typeof value === 'string' || Array.isArray(value))) {
      throw new EvaluationStop(
        'type_mismatch',
        `${typeName(value)} has no fields`,
        'Write length(…) instead of .length.',
      )
    }
    return null
  }
  if (FORBIDDEN.has(name)) throw new EvaluationStop('forbidden_name', `The name ${name} cannot be read`)
  return Object.hasOwn(value, name) ? ((value as JsonObject)[name] ?? null) : null
}

/** Deep equality of JSON values. Nothing is converted: 1 is not "1", null equals only null; key order does not matter. */
export function equals(a: Json, b: Json, run: Evaluation): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  run.spend(1)
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false
    return a.every((item: Json, i) => equals(item, (b as readonly Json[])[i] ?? null, run))
  }
  const [left, right] = [a as JsonObject, b as JsonObject]
  const keys = Object.keys(left)
  if (keys.length !== Object.keys(right).length) return false
  return keys.every((key) => Object.hasOwn(right, key) && equals(left[key] ?? null, right[key] ?? null, run))
}

/** null, false, 0 and empty text count as false; everything else, also an empty list, as true. */
export function isTruthy(value: Json): boolean {
  return value !== null && value !== false && value !== 0 && value !== ''
}

/** How a value reads inside a text: objects and lists as JSON. `name` is what the problem calls a null. */
export function toText(value: Json, name: string, run: Evaluation): string {
  if (typeof value === 'string') return value
  if (value === null) {
    throw new EvaluationStop(
      'null_in_text',
      `${name} is null and cannot be part of a text`,
      `Give it a default: ${name} ?? ''.`,
    )
  }
  if (typeof value !== 'object') return String(value)
  const text = JSON.stringify(value)
  run.spendText(text.length)
  return text
}
