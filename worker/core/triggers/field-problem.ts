import { isJsonObject, type Json } from '../kernel/json'
import { linearPattern } from '../kernel/linear-pattern'
import type { InputField } from './input-schema'

/** What is wrong with one value; `text` continues a sentence that starts with the field's name. */
export type FieldProblem = {
  readonly code: 'input_type' | 'input_enum' | 'input_range' | 'input_length' | 'input_pattern'
  readonly text: string
}

/** The first way in which a value breaks its field's rules, or null. Patterns run in linear time. */
export function fieldProblem(field: InputField, value: Json): FieldProblem | null {
  if (!hasType(field.type, value))
    return { code: 'input_type', text: `must be ${article(field.type)} but is ${nameOf(value)}` }
  if (field.enum !== undefined && !field.enum.some((choice) => same(choice as Json, value))) {
    return {
      code: 'input_enum',
      text: `must be one of ${field.enum.map((choice) => JSON.stringify(choice)).join(', ')}`,
    }
  }
  if (typeof value === 'number') return between('input_range', 'must be', value, field.min, field.max, '')
  if (typeof value === 'string') {
    const length = between(
      'input_length',
      'must have',
      [...value].length,
      field.minLength,
      field.maxLength,
      ' characters',
    )
    if (length !== null || field.pattern === undefined) return length
    return linearPattern(field.pattern).matcher(value).find()
      ? null
      : { code: 'input_pattern', text: `must match the pattern ${field.pattern}` }
  }
  if (Array.isArray(value))
    return between('input_length', 'must have', value.length, field.minItems, field.maxItems, ' items')
  return null
}

function between(
  code: FieldProblem['code'],
  verb: string,
  value: number,
  min: number | undefined,
  max: number | undefined,
  unit: string,
): FieldProblem | null {
  if (min !== undefined && value < min) return { code, text: `${verb} at least ${min}${unit}` }
  if (max !== undefined && value > max) return { code, text: `${verb} at most ${max}${unit}` }
  return null
}

function hasType(type: InputField['type'], value: Json): boolean {
  switch (type) {
    case 'integer':
      return Number.isSafeInteger(value)
    case 'array':
      return Array.isArray(value)
    case 'object':
      return isJsonObject(value)
    case 'number':
      return typeof value === 'number' && Number.isFinite(value)
    case 'string':
    case 'boolean':
      return typeof value === type
  }
}

function nameOf(value: Json): string {
  if (value === null) return 'null'
  return article(Array.isArray(value) ? 'array' : typeof value)
}

function article(noun: string): string {
  return /^[aeiou]/.test(noun) ? `an ${noun}` : `a ${noun}`
}

/** Equality of JSON values; the order of an object's keys does not matter. */
function same(a: Json, b: Json): boolean {
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, i) => same(item, b[i] as Json))
  if (!isJsonObject(a) || !isJsonObject(b)) return a === b
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && same(a[key] as Json, b[key] as Json))
  )
}
