import { lazyOutput, withLazyField } from '../components/lazy-field'
import type { Json, JsonObject } from '../kernel/json'
import type { Redact } from './redact'

/** An output with its secrets masked; what is still text stays text unless a secret may be in it. */
export function redactOutput(output: Json, redact: Redact): Json {
  const lazy = lazyOutput(output)
  if (lazy === null || redact.finds === undefined || redact.finds(lazy.json)) return redact(output)
  const fields = redact(lazy.fields)
  return fields === lazy.fields ? output : withLazyField(fields as JsonObject, lazy.name, lazy.json)
}
