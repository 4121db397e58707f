import * as z from 'zod'
import { isJsonObject } from '../kernel/json'
import { unwrap } from './schema-keys'

/**
 * Renames snake_case keys to the spelling the schema knows (S122), where the schema names keys at all: what users
 * put into documents, inputs and variable names is never touched.
 */
export function camelKeys(schema: z.ZodType, value: unknown): unknown {
  const inner = unwrap(schema)
  if (inner instanceof z.ZodUnion) {
    return inner.options.reduce<unknown>((result, option) => camelKeys(option as z.ZodType, result), value)
  }
  if (Array.isArray(value)) {
    return inner instanceof z.ZodArray ? value.map((item) => camelKeys(inner.element as z.ZodType, item)) : value
  }
  if (!isJsonObject(value)) return value
  if (inner instanceof z.ZodRecord) {
    const valueSchema = inner.valueType as z.ZodType
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, camelKeys(valueSchema, item)]))
  }
  if (!(inner instanceof z.ZodObject)) return value
  const shape: Record<string, z.ZodType> = inner.shape
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      const name = nameIn(shape, value, key)
      const member = Object.hasOwn(shape, name) ? shape[name] : undefined
      return [name, member === undefined ? item : camelKeys(member, item)]
    }),
  )
}

/** The camelCase twin of `key` when only that one is known and it was not sent as well. */
function nameIn(shape: Record<string, unknown>, value: object, key: string): string {
  if (Object.hasOwn(shape, key) || !key.includes('_')) return key
  const camel = key.replace(/_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
  return Object.hasOwn(shape, camel) && !Object.hasOwn(value, camel) ? camel : key
}
