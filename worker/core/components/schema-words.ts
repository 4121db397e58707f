import { RE2JS } from 're2js'
import { isJsonObject, type Json, type JsonObject } from '../kernel/json'
import { linearPattern } from '../kernel/linear-pattern'
import { readPointer } from '../kernel/pointer'

// What the keywords of a JSON Schema hold, for who judges a schema and for who checks a value against it.

/** Keywords that say what a schema is about where it has no `type`. */
const IMPLIED: readonly (readonly [type: string, keywords: readonly string[]])[] = [
  ['object', ['properties', 'required', 'additionalProperties', 'patternProperties', 'minProperties', 'maxProperties']],
  ['array', ['items', 'prefixItems', 'contains', 'minItems', 'maxItems', 'uniqueItems']],
  ['string', ['minLength', 'maxLength', 'pattern', 'format']],
  ['number', ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf']],
]
const TYPED_ELSEWHERE = ['const', 'enum', '$ref', 'anyOf', 'oneOf', 'allOf']

/** The types a schema allows: those it names, else the one its keywords are about; null = any. */
export function typesOf(schema: JsonObject): readonly Json[] | null {
  const { type } = schema
  if (type !== undefined) return Array.isArray(type) ? (type as readonly Json[]) : [type]
  if (TYPED_ELSEWHERE.some((keyword) => Object.hasOwn(schema, keyword))) return null
  const implied = IMPLIED.find(([, keywords]) => keywords.some((keyword) => Object.hasOwn(schema, keyword)))
  return implied === undefined ? null : [implied[0]]
}

/** A pattern as JSON Schemas write them. Throws on one that cannot run in linear time. */
export function schemaPattern(pattern: string): RE2JS {
  return linearPattern(RE2JS.translateRegExp(pattern))
}

/** What a reference of a schema leads to within its document, or undefined. */
export function referredTo(root: JsonObject, ref: Json): Json | undefined {
  if (typeof ref !== 'string' || !/^#(?:\/|$)/.test(ref)) return undefined
  try {
    return readPointer(root, decodeURIComponent(ref.slice(1))) as Json | undefined
  } catch {
    return undefined
  }
}

/** The schemas or values a keyword lists; none where it holds no list. */
export function listIn(schema: JsonObject, keyword: string): readonly Json[] {
  const list = schema[keyword]
  return Array.isArray(list) ? (list as readonly Json[]) : []
}

/** The schemas a keyword holds by name; none where it holds no object. */
export function entriesIn(schema: JsonObject, keyword: string): readonly (readonly [string, Json])[] {
  const map = schema[keyword]
  return isJsonObject(map) ? Object.entries(map) : []
}

/** The bound a keyword sets, or undefined. */
export function boundIn(schema: JsonObject, keyword: string): number | undefined {
  const bound = schema[keyword]
  return typeof bound === 'number' ? bound : undefined
}
