import { canonicalJson } from '../kernel/canonical-json'
import { isJsonObject, type Json, type JsonObject } from '../kernel/json'
import { jsonEquals } from './json-equals'
import { numberProblem, stringProblem } from './scalar-problem'
import { boundIn, entriesIn, listIn, referredTo, schemaPattern, typesOf } from './schema-words'

/** A place of a value that does not fit; `message` goes on where its name ends. */
export type Misfit = { readonly path: readonly (string | number)[]; readonly message: string }

// Schemas that refer to themselves can ask for more than any answer is worth.
const STEPS_MAX = 2_000_000
const DEPTH_MAX = 500
const CHARS_A_STEP = 8

class TooMuch extends Error {}

/** Where a value does not fit a schema that `isJsonSchema` took: the first places, `max` at most. */
export function misfitsOf(schema: JsonObject, value: Json, max: number): readonly Misfit[] {
  try {
    return new Matcher(schema, max).match(value)
  } catch (thrown) {
    if (!(thrown instanceof TooMuch)) throw thrown
    return [{ path: [], message: 'takes more steps to check against its schema than are made' }]
  }
}

class Matcher {
  readonly #root: JsonObject
  readonly #max: number
  readonly #path: (string | number)[] = []
  readonly #referred = new Map<Json, Json>()
  #found: Misfit[] = []
  #steps = 0
  #depth = 0

  constructor(root: JsonObject, max: number) {
    this.#root = root
    this.#max = max
  }

  match(value: Json): readonly Misfit[] {
    this.#check(this.#root, value)
    return this.#found.slice(0, this.#max)
  }

  #check(schema: Json, value: Json): void {
    if (this.#found.length >= this.#max) return
    this.#spend(1)
    if (schema === false) return this.#miss('must not be there')
    if (!isJsonObject(schema)) return
    if (++this.#depth > DEPTH_MAX) throw new TooMuch()
    this.#checkWords(schema, value)
    this.#depth--
  }

  #checkWords(schema: JsonObject, value: Json): void {
    const types = typesOf(schema)
    if (types !== null && !types.some((type) => hasType(type, value))) {
      return this.#miss(`must be ${types.map(String).join(' or ')} but is ${kindOf(value)}`)
    }
    if (schema['not'] !== undefined) this.#miss('must not be there')
    if (schema['const'] !== undefined && !jsonEquals(schema['const'], value)) {
      this.#miss(`must be ${shown([schema['const']])}`)
    }
    if (Array.isArray(schema['enum']) && !listIn(schema, 'enum').some((choice) => jsonEquals(choice, value))) {
      this.#miss(`must be one of ${shown(listIn(schema, 'enum'))}`)
    }
    if (typeof value === 'string') this.#checkString(schema, value)
    else if (typeof value === 'number') this.#missIf(numberProblem(schema, value))
    else if (Array.isArray(value)) this.#checkArray(schema, value)
    else if (isJsonObject(value)) this.#checkObject(schema, value)
    this.#checkCombined(schema, value)
  }

  #checkString(schema: JsonObject, value: string): void {
    this.#missIf(stringProblem(schema, value))
    const { pattern } = schema
    if (typeof pattern === 'string' && !this.#finds(pattern, value)) this.#miss(`must match the pattern ${pattern}`)
  }

  #checkCombined(schema: JsonObject, value: Json): void {
    const { $ref } = schema
    if ($ref !== undefined) this.#check(this.#referredTo($ref), value)
    for (const part of listIn(schema, 'allOf')) this.#check(part, value)
    const some = listIn(schema, 'anyOf')
    if (some.length > 0 && !some.some((part) => this.#fits(part, value))) this.#miss('fits none of what it may be')
    const one = listIn(schema, 'oneOf')
    const fitting = one.filter((part) => this.#fits(part, value)).length
    if (one.length > 0 && fitting !== 1) this.#miss(`fits ${fitting} of what it must be exactly one of`)
  }

  #checkArray(schema: JsonObject, items: readonly Json[]): void {
    this.#checkCount(items.length, 'items', boundIn(schema, 'minItems'), boundIn(schema, 'maxItems'))
    const isTuple = Array.isArray(schema['items'])
    const first = listIn(schema, isTuple ? 'items' : 'prefixItems')
    const rest = schema[isTuple ? 'additionalItems' : 'items'] ?? true
    for (const [index, item] of items.entries()) this.#within(index, first[index] ?? rest, item)
    const { contains, uniqueItems } = schema
    if (uniqueItems === true && new Set(items.map(canonicalJson)).size < items.length)
      this.#miss('must not repeat itself')
    if (contains === undefined) return
    const least = boundIn(schema, 'minContains') ?? 1
    const fitting = items.filter((item) => this.#fits(contains, item)).length
    if (fitting < least || fitting > (boundIn(schema, 'maxContains') ?? Infinity)) {
      this.#miss(`has ${fitting} items of the kind it must contain`)
    }
  }

  #checkObject(schema: JsonObject, value: JsonObject): void {
    const keys = Object.keys(value)
    this.#checkCount(keys.length, 'fields', boundIn(schema, 'minProperties'), boundIn(schema, 'maxProperties'))
    for (const name of listIn(schema, 'required')) {
      if (typeof name === 'string' && !Object.hasOwn(value, name)) this.#missAt(name, 'is missing')
    }
    const { properties, propertyNames, additionalProperties = true } = schema
    const patterns = entriesIn(schema, 'patternProperties')
    const unknown: string[] = []
    for (const key of keys) {
      const field = value[key] ?? null
      if (propertyNames !== undefined) this.#within(key, withType(propertyNames), key)
      const described = isJsonObject(properties) && Object.hasOwn(properties, key) ? [properties[key] ?? null] : []
      const parts = [...described, ...patterns.flatMap(([pattern, part]) => (this.#finds(pattern, key) ? [part] : []))]
      for (const part of parts) this.#within(key, part, field)
      if (parts.length > 0) continue
      if (additionalProperties === false) unknown.push(key)
      else this.#within(key, additionalProperties, field)
    }
    if (unknown.length > 0) this.#miss(`must not have ${shown(unknown)}`)
  }

  #checkCount(count: number, what: string, min = 0, max = Infinity): void {
    if (count < min) this.#miss(`must have at least ${min} ${what}`)
    if (count > max) this.#miss(`must have at most ${max} ${what}`)
  }

  #within(key: string | number, schema: Json, value: Json): void {
    this.#path.push(key)
    this.#check(schema, value)
    this.#path.pop()
  }

  #fits(schema: Json, value: Json): boolean {
    const kept = this.#found
    this.#found = []
    this.#check(schema, value)
    const fits = this.#found.length === 0
    this.#found = kept
    return fits
  }

  #referredTo(ref: Json): Json {
    const known = this.#referred.get(ref)
    if (known !== undefined) return known
    const found = referredTo(this.#root, ref) ?? true
    this.#referred.set(ref, found)
    return found
  }

  #finds(pattern: string, text: string): boolean {
    this.#spend(Math.ceil(text.length / CHARS_A_STEP))
    return schemaPattern(pattern).matcher(text).find()
  }

  #spend(steps: number): void {
    this.#steps += steps
    if (this.#steps > STEPS_MAX) throw new TooMuch()
  }

  #miss(message: string): void {
    this.#found.push({ path: [...this.#path], message })
  }

  #missAt(key: string, message: string): void {
    this.#found.push({ path: [...this.#path, key], message })
  }

  #missIf(message: string | null): void {
    if (message !== null) this.#miss(message)
  }
}

/** Names are texts, also for a schema that does not say so. */
function withType(schema: Json): Json {
  return isJsonObject(schema) && schema['type'] === undefined ? { type: 'string', ...schema } : schema
}

function hasType(type: Json, value: Json): boolean {
  if (type === 'integer') return Number.isInteger(value)
  return type === kindOf(value)
}

function kindOf(value: Json): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}

function shown(values: readonly Json[]): string {
  const text = values.map((value) => JSON.stringify(value)).join(', ')
  return text.length <= 200 ? text : `${text.slice(0, 200)}…`
}
