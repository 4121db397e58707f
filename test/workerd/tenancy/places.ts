import type * as z from 'zod'
import type { Operation } from '#core/contract/operation'

/** Where in a call a value can stand: a part of the request, and the way down to one leaf of it. */
export type Place = { readonly part: 'params' | 'query' | 'body'; readonly path: readonly (string | number)[] }

type Def = {
  readonly type: string
  readonly shape?: Readonly<Record<string, z.ZodType>>
  readonly element?: z.ZodType
  readonly innerType?: z.ZodType
  readonly options?: readonly z.ZodType[]
  readonly in?: z.ZodType
  readonly valueType?: z.ZodType
  readonly values?: readonly unknown[]
  readonly entries?: Readonly<Record<string, string>>
  readonly defaultValue?: unknown
}

const defOf = (schema: z.ZodType) => schema.def as unknown as Def
/** What a record's key is called in a path. */
export const ANY_KEY = '*'

/** Every leaf a call of the operation has, whatever its type: ids, names, texts, keys of records, elements of lists. */
export function placesOf(operation: Operation): readonly Place[] {
  const parts = ['params', 'query', 'body'] as const
  return parts.flatMap((part) => {
    const schema = operation[part]
    return schema === undefined ? [] : unique(leavesOf(schema)).map((path) => ({ part, path }))
  })
}

function unique(paths: readonly (readonly (string | number)[])[]) {
  return [...new Map(paths.map((path) => [JSON.stringify(path), path])).values()]
}

function leavesOf(schema: z.ZodType): readonly (readonly (string | number)[])[] {
  const def = defOf(schema)
  const below = (key: string | number, inner: z.ZodType) => leavesOf(inner).map((path) => [key, ...path])
  if (def.shape !== undefined) return Object.entries(def.shape).flatMap(([key, inner]) => below(key, inner))
  if (def.element !== undefined) return below(0, def.element)
  if (def.options !== undefined) return def.options.flatMap(leavesOf)
  if (def.valueType !== undefined) return [[ANY_KEY], ...below('own', def.valueType)]
  const inner = def.innerType ?? def.in
  return inner === undefined ? [[]] : leavesOf(inner)
}

/**
 * The smallest value a schema takes. What stands on the way to `path` is there even if it could be left out; at its end
 * stands `value`. `own` knows what a member of some name is called among one's own things.
 */
export function sampleOf(
  schema: z.ZodType,
  own: (name: string) => unknown,
  { path, value }: { readonly path: readonly (string | number)[]; readonly value: unknown } = { path: ['-'], value: 0 },
  name = '',
): unknown {
  if (path.length === 0) return value
  const def = defOf(schema)
  const deeper = { path: path.slice(1), value }
  if (def.shape !== undefined) {
    const entries = Object.entries(def.shape).flatMap(([key, inner]) => {
      const isOnTheWay = key === path[0]
      if (!isOnTheWay && isOptional(inner)) return []
      return [[key, sampleOf(inner, own, isOnTheWay ? deeper : undefined, key)] as const]
    })
    return Object.fromEntries(entries)
  }
  if (def.valueType !== undefined && path[0] === ANY_KEY) return { [String(value)]: sampleOf(def.valueType, own) }
  if (def.valueType !== undefined && path[0] === 'own') return { own: sampleOf(def.valueType, own, deeper) }
  if (def.element !== undefined && path[0] === 0) return [sampleOf(def.element, own, deeper, name)]
  if (def.options !== undefined) {
    const way = def.options.find((option) => leavesOf(option).some((leaf) => startsLike(leaf, path)))
    return sampleOf(way ?? def.options[0]!, own, { path, value }, name)
  }
  const inner = def.innerType ?? def.in
  return inner === undefined ? plain(def, own(name)) : (own(name) ?? sampleOf(inner, own, { path, value }, name))
}

const startsLike = (leaf: readonly unknown[], path: readonly unknown[]) =>
  leaf.length === path.length && leaf.every((part, i) => part === path[i])

function isOptional(schema: z.ZodType): boolean {
  return ['optional', 'default', 'prefault', 'nullable'].includes(defOf(schema).type)
}

function plain(def: Def, own: unknown): unknown {
  if (own !== undefined) return own
  switch (def.type) {
    case 'object':
    case 'record':
      return {}
    case 'array':
      return []
    case 'number':
      return 1
    case 'boolean':
      return true
    case 'enum':
      return Object.values(def.entries ?? {})[0]
    case 'literal':
      return def.values?.[0]
    default:
      return 'sample'
  }
}
