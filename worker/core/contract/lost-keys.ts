import * as z from 'zod'
import { isJsonObject } from '../kernel/json'
import { pointerOf } from '../kernel/pointer'
import { schemasAt, unwrap } from './schema-keys'

const LOST = '__proto__'

/** Pointers of the keys that a schema would drop without a word: zod leaves `__proto__` out of every record. */
export function lostKeys(schema: z.ZodType, value: unknown, path: readonly PropertyKey[] = []): readonly string[] {
  const inner = unwrap(schema)
  if (inner instanceof z.ZodUnion) {
    return [...new Set(inner.options.flatMap((option) => lostKeys(option as z.ZodType, value, path)))]
  }
  if (Array.isArray(value)) {
    if (!(inner instanceof z.ZodArray)) return []
    return value.flatMap((item, index) => lostKeys(inner.element as z.ZodType, item, [...path, index]))
  }
  if (!isJsonObject(value)) return []
  const own = inner instanceof z.ZodRecord && Object.hasOwn(value, LOST) ? [pointerOf([...path, LOST])] : []
  const below = Object.entries(value).flatMap(([key, item]) =>
    schemasAt(inner, key).flatMap((member) => lostKeys(member, item, [...path, key])),
  )
  return [...own, ...below]
}
