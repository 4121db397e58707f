import { isJsonObject, type Json, type JsonObject } from '../kernel/json'
import { entriesIn, listIn, referredTo, schemaPattern, typesOf } from './schema-words'

const TYPES = new Set<Json>(['string', 'number', 'integer', 'boolean', 'null', 'object', 'array'])
const UNKNOWN = [
  'if',
  'then',
  'else',
  'unevaluatedItems',
  'unevaluatedProperties',
  'dependentSchemas',
  'dependentRequired',
]
const MAPS = ['properties', 'patternProperties', '$defs', 'definitions']
const LISTS = ['anyOf', 'oneOf', 'allOf', 'prefixItems']
const SINGLE = ['additionalProperties', 'additionalItems', 'contains', 'propertyNames']
const DEPTH_MAX = 200

/** Whether answers can be checked against a JSON Schema, in a time that its patterns cannot stretch. */
export function isJsonSchema(schema: Record<string, unknown>): boolean {
  const root = schema as JsonObject
  const seen = new Set<Json>()
  const isSound = (part: Json, depth: number): boolean => {
    if (typeof part === 'boolean' || seen.has(part)) return true
    if (!isJsonObject(part) || depth > DEPTH_MAX) return false
    seen.add(part)
    return areWordsSound(part, root) && partsOf(part, root).every((inner) => isSound(inner, depth + 1))
  }
  return isSound(root, 0)
}

function areWordsSound(schema: JsonObject, root: JsonObject): boolean {
  const { $ref, pattern, not, enum: choices } = schema
  if (UNKNOWN.some((keyword) => Object.hasOwn(schema, keyword))) return false
  // `not: {}` is how some say that nothing fits.
  if (not !== undefined && !(isJsonObject(not) && Object.keys(not).length === 0)) return false
  if ($ref !== undefined && referredTo(root, $ref) === undefined) return false
  if (choices !== undefined && !Array.isArray(choices)) return false
  if (MAPS.some((keyword) => Object.hasOwn(schema, keyword) && !isJsonObject(schema[keyword]))) return false
  if (LISTS.some((keyword) => Object.hasOwn(schema, keyword) && !Array.isArray(schema[keyword]))) return false
  const patterns = [
    ...(pattern === undefined ? [] : [pattern]),
    ...entriesIn(schema, 'patternProperties').map(([p]) => p),
  ]
  return (typesOf(schema)?.every((type) => TYPES.has(type)) ?? true) && patterns.every(isPattern)
}

function isPattern(pattern: Json): boolean {
  if (typeof pattern !== 'string') return false
  try {
    schemaPattern(pattern)
    return true
  } catch {
    return false
  }
}

function partsOf(schema: JsonObject, root: JsonObject): readonly Json[] {
  const { $ref, items } = schema
  return [
    ...MAPS.flatMap((keyword) => entriesIn(schema, keyword).map(([, part]) => part)),
    ...LISTS.flatMap((keyword) => listIn(schema, keyword)),
    ...SINGLE.flatMap((keyword) => schema[keyword] ?? []),
    ...(Array.isArray(items) ? listIn(schema, 'items') : items === undefined ? [] : [items]),
    ...($ref === undefined ? [] : [referredTo(root, $ref) ?? null]),
  ]
}
