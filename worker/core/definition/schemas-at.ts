import type * as z from 'zod'

/** As much of a schema's definition as it takes to walk through it. */
type Walkable = z.core.$ZodTypes

const child = (schema: unknown) => schema as Walkable

/** The schemas a wrapper stands for; a schema that wraps nothing stands for itself. */
function unwrap(schema: Walkable, value: unknown): Walkable[] {
  const { def } = schema._zod
  switch (def.type) {
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'readonly':
    case 'nonoptional':
    case 'catch':
      return unwrap(child(def.innerType), value)
    case 'pipe':
      return [...unwrap(child(def.in), value), ...unwrap(child(def.out), value)]
    case 'union':
      return def.options
        .map(child)
        .flatMap((option) => unwrap(option, value))
        .filter((option) => admits(option, value))
    default:
      return [schema]
  }
}

/** Whether an option of a union could mean this value: every literal key it demands agrees. */
function admits(option: Walkable, value: unknown): boolean {
  const { def } = option._zod
  if (def.type !== 'object' || typeof value !== 'object' || value === null) return true
  return Object.entries(def.shape).every(([key, field]) => {
    const { def: inner } = child(field)._zod
    return inner.type !== 'literal' || (inner.values as unknown[]).includes((value as Record<string, unknown>)[key])
  })
}

function step(schema: Walkable, key: PropertyKey): Walkable[] {
  const { def } = schema._zod
  if (def.type === 'object')
    return typeof key === 'string' && def.shape[key] !== undefined ? [child(def.shape[key])] : []
  if (def.type === 'array') return [child(def.element)]
  return def.type === 'record' ? [child(def.valueType)] : []
}

/** The schemas that judge the value at `path` inside `value`: several where a union leaves the choice. */
export function schemasAt(schema: z.ZodType, path: readonly PropertyKey[], value: unknown): readonly z.ZodType[] {
  let current: unknown = value
  let schemas = unwrap(child(schema), current)
  for (const key of path) {
    current =
      typeof current === 'object' && current !== null ? (current as Record<PropertyKey, unknown>)[key] : undefined
    schemas = schemas.flatMap((option) => step(option, key)).flatMap((option) => unwrap(option, current))
  }
  return schemas as unknown as readonly z.ZodType[]
}

/** The keys that an object at `path` inside `value` may have by a schema; empty when the schema does not say. */
export function knownKeys(schema: z.ZodType, path: readonly PropertyKey[], value: unknown): string[] {
  const keys = schemasAt(schema, path, value).flatMap((option) => {
    const { def } = child(option)._zod
    return def.type === 'object' ? Object.keys(def.shape) : []
  })
  return [...new Set(keys)]
}
