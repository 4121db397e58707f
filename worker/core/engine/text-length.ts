import { jsonLengthOf } from '../components/lazy-field'
import type { Json } from '../kernel/json'

/** Characters a value takes as JSON. */
export function textLength(value: Json): number {
  return jsonLengthOf(value)
}
