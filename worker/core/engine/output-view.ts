import type { ComponentDefinition } from '../components/define-component'
import { isJsonObject, type Json, type JsonObject } from '../kernel/json'

const VIEWS = new WeakMap<JsonObject, JsonObject>()

/**
 * An output as expressions read it: aliases are there to be named, but are neither listed nor printed
 * (`statusCode` reads `status_code`; the whole output still shows each field once).
 */
export function outputView(output: Json, { outputAliases }: Pick<ComponentDefinition, 'outputAliases'>): Json {
  if (outputAliases === undefined || !isJsonObject(output)) return output
  const known = VIEWS.get(output)
  if (known !== undefined) return known
  const view: JsonObject = { ...output }
  for (const [alias, field] of Object.entries(outputAliases)) {
    if (Object.hasOwn(view, alias) || !Object.hasOwn(view, field)) continue
    Object.defineProperty(view, alias, { value: view[field], enumerable: false })
  }
  VIEWS.set(output, view)
  return view
}
