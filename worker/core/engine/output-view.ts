import type { ComponentDefinition } from '../components/define-component'
import { isJsonObject, type Json, type JsonObject } from '../kernel/json'

const VIEWS = new WeakMap<JsonObject, JsonObject>()
const ORIGINALS = new WeakMap<JsonObject, JsonObject>()

/**
 * An output as expressions read it: aliases are there to be named, but are neither listed nor printed
 * (`statusCode` reads `status_code`; the whole output still shows each field once).
 */
export function outputView(output: Json, { outputAliases }: Pick<ComponentDefinition, 'outputAliases'>): Json {
  if (outputAliases === undefined || !isJsonObject(output)) return output
  const known = VIEWS.get(output)
  if (known !== undefined) return known
  // Copied as it is described, not as it reads: what is still text stays text.
  const view = Object.defineProperties({}, Object.getOwnPropertyDescriptors(output)) as JsonObject
  for (const [alias, field] of Object.entries(outputAliases)) {
    if (Object.hasOwn(view, alias) || !Object.hasOwn(view, field)) continue
    Object.defineProperty(view, alias, { get: () => view[field], enumerable: false })
  }
  VIEWS.set(output, view)
  ORIGINALS.set(view, output)
  return view
}

/**
 * A value that expressions yielded, without views: a stage that passes a whole output on must not pass its aliases on,
 * for they would be gone once its own output was read back from the journal. What holds no view is answered as it is.
 */
export function withoutViews(value: Json): Json {
  if (Array.isArray(value)) {
    const list = value as readonly Json[]
    const plain = list.map(withoutViews)
    return plain.every((item, i) => item === list[i]) ? list : plain
  }
  if (!isJsonObject(value)) return value
  const original = ORIGINALS.get(value)
  if (original !== undefined) return original
  const entries = Object.entries(value)
  const plain = entries.map(([key, item]) => [key, withoutViews(item)] as const)
  return plain.every(([, item], i) => item === entries[i]?.[1]) ? value : Object.fromEntries(plain)
}
