import type { Json, JsonObject } from '../kernel/json'

/** An output one field of which is still JSON text; among `fields` that one is a placeholder. */
export type LazyOutput = { readonly fields: JsonObject; readonly name: string; readonly json: string }

const LAZY = new WeakMap<object, LazyOutput>()

/**
 * An output like `fields`, whose field `name` holds JSON text that becomes a value when it is read, and is forgotten again when memory is
 * short: as a value it may take many times the room. Everything that reads own fields sees an ordinary object.
 */
export function withLazyField(fields: JsonObject, name: string, json: string): JsonObject {
  const output: JsonObject = { ...fields }
  let kept: WeakRef<object> | null = null
  const get = (): Json => {
    const known = kept?.deref()
    if (known !== undefined) return known as Json
    const value = JSON.parse(json) as Json
    if (typeof value === 'object' && value !== null) kept = new WeakRef(value)
    return value
  }
  Object.defineProperty(output, name, { get, enumerable: true })
  LAZY.set(output, { fields, name, json })
  return output
}

/** What such an output is made of; null for any other value. */
export function lazyOutput(value: unknown): LazyOutput | null {
  return typeof value === 'object' && value !== null ? (LAZY.get(value) ?? null) : null
}

/** The JSON text of a value in parts, without making a value of what is still text, or a copy of it. */
export function jsonPartsOf(value: Json): readonly string[] {
  const lazy = lazyOutput(value)
  if (lazy === null) return [JSON.stringify(value)]
  const { fields, name, json } = lazy
  const members = Object.entries(fields).flatMap(([key, field], i) => {
    const label = `${i === 0 ? '' : ','}${JSON.stringify(key)}:`
    return key === name ? [label, json] : [label + JSON.stringify(field)]
  })
  return ['{', ...members, '}']
}

/** The characters of that text. */
export function jsonLengthOf(value: Json): number {
  return jsonPartsOf(value).reduce((sum, part) => sum + part.length, 0)
}
