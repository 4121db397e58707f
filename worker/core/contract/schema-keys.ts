import * as z from 'zod'

/** The schema behind optional, nullable, default and transform wrappers. */
export function unwrap(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault) {
    return unwrap(schema.unwrap() as z.ZodType)
  }
  if (schema instanceof z.ZodPipe) return unwrap(schema.in as z.ZodType)
  return schema
}

/** The schemas a value at `key` below `schema` may be judged by. */
export function schemasAt(schema: z.ZodType, key: PropertyKey): readonly z.ZodType[] {
  const inner = unwrap(schema)
  if (inner instanceof z.ZodUnion) return inner.options.flatMap((option) => schemasAt(option as z.ZodType, key))
  if (inner instanceof z.ZodObject) {
    const shape: Record<PropertyKey, z.ZodType> = inner.shape
    const member = Object.hasOwn(shape, key) ? shape[key] : undefined
    return member === undefined ? [] : [member]
  }
  if (inner instanceof z.ZodArray) return [inner.element as z.ZodType]
  if (inner instanceof z.ZodRecord) return [inner.valueType as z.ZodType]
  return []
}

/** The keys an object at `path` may have. */
export function knownKeys(schema: z.ZodType, path: readonly PropertyKey[]): readonly string[] {
  const [key, ...rest] = path
  if (key !== undefined) return schemasAt(schema, key).flatMap((member) => knownKeys(member, rest))
  const inner = unwrap(schema)
  if (inner instanceof z.ZodUnion) return inner.options.flatMap((option) => knownKeys(option as z.ZodType, []))
  return inner instanceof z.ZodObject ? Object.keys(inner.shape) : []
}
