import { isJsonObject, type Json, type JsonObject } from '../kernel/json'

type Schema = Record<string, Json>

/** Keywords that say what a schema is about where it has no `type`. */
const IMPLIED: readonly (readonly [type: string, keywords: readonly string[]])[] = [
  ['object', ['properties', 'required', 'additionalProperties', 'patternProperties', 'minProperties', 'maxProperties']],
  ['array', ['items', 'prefixItems', 'contains', 'minItems', 'maxItems', 'uniqueItems']],
  ['string', ['minLength', 'maxLength', 'pattern', 'format']],
  ['number', ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf']],
]
const TYPED_ELSEWHERE = ['type', 'const', 'enum', '$ref', 'anyOf', 'oneOf', 'allOf']
const MAPS = ['properties', 'patternProperties', '$defs', 'definitions']
const LISTS = ['anyOf', 'oneOf', 'allOf', 'prefixItems']
const SINGLE = ['items', 'additionalProperties', 'contains', 'propertyNames']

function typeOf(schema: JsonObject): string | undefined {
  if (TYPED_ELSEWHERE.some((keyword) => Object.hasOwn(schema, keyword))) return undefined
  return IMPLIED.find(([, keywords]) => keywords.some((keyword) => Object.hasOwn(schema, keyword)))?.[0]
}

/** Names that must be there and are not described: anything may stand under them. */
function requiredProperties(schema: JsonObject): JsonObject {
  const { required, properties, additionalProperties } = schema
  const described = isJsonObject(properties) ? properties : {}
  const names = Array.isArray(required) ? (required as readonly Json[]).filter((name) => typeof name === 'string') : []
  const rest = isJsonObject(additionalProperties) ? additionalProperties : {}
  return Object.fromEntries(names.filter((name) => !Object.hasOwn(described, name)).map((name) => [name, rest]))
}

function strictList(list: Json | undefined): Json | undefined {
  return Array.isArray(list) ? (list as readonly Json[]).map(strictSchema) : list
}

function strictMap(map: Json | undefined): Json | undefined {
  if (!isJsonObject(map)) return map
  return Object.fromEntries(Object.entries(map).map(([name, schema]) => [name, strictSchema(schema)]))
}

/**
 * A JSON Schema that says what its author meant to a checker that passes over what is not spelled out: keywords of one type
 * imply it, a required name is a property, and a default fills nothing in.
 */
export function strictSchema(schema: Json): Json {
  if (!isJsonObject(schema)) return schema
  const strict: Schema = { ...schema }
  delete strict['default']
  const type = typeOf(schema)
  if (type !== undefined) strict['type'] = type
  const required = requiredProperties(schema)
  if (Object.keys(required).length > 0)
    strict['properties'] = { ...(isJsonObject(schema['properties']) ? schema['properties'] : {}), ...required }
  for (const keyword of MAPS) if (keyword in strict) strict[keyword] = strictMap(strict[keyword]) ?? null
  for (const keyword of LISTS) if (keyword in strict) strict[keyword] = strictList(strict[keyword]) ?? null
  for (const keyword of SINGLE) if (keyword in strict) strict[keyword] = strictSchema(strict[keyword] ?? null)
  return strict
}
