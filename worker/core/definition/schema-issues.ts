import type * as z from 'zod'
import { WholeExpression } from '../components/whole-expression'
import { nearest } from '../kernel/nearest'
import { appendPointer, pointerOf } from '../kernel/pointer'
import type { Issue } from '../model/issue'
import { knownKeys, schemasAt } from './schemas-at'

type ZodIssue = z.core.$ZodIssue
type UnionIssue = Extract<ZodIssue, { code: 'invalid_union' }>
type Place = { readonly schema: z.ZodType; readonly value: unknown; readonly prefix: string }

const CODES: Partial<Record<ZodIssue['code'], string>> = {
  invalid_type: 'wrong_type',
  invalid_format: 'invalid_format',
  too_small: 'out_of_range',
  too_big: 'out_of_range',
  not_multiple_of: 'out_of_range',
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null ? (inner as Record<PropertyKey, unknown>)[key] : undefined,
    value,
  )
}

const oneOf = (words: readonly unknown[]) => `One of ${words.map(String).join(', ')}.`

function suggestion(word: unknown, known: readonly string[]): string | undefined {
  const close = typeof word === 'string' ? nearest(word, known) : null
  if (close !== null) return `Did you mean ${close}?`
  return known.length === 0 ? undefined : oneOf(known)
}

function unknownKeys(
  issue: Extract<ZodIssue, { code: 'unrecognized_keys' }>,
  path: PropertyKey[],
  place: Place,
): Issue[] {
  const known = knownKeys(place.schema, path, place.value)
  return issue.keys.map((key) => {
    const hint = suggestion(key, known)
    const at = appendPointer(place.prefix + pointerOf(path as (string | number)[]), key)
    return {
      code: 'unknown_key',
      severity: 'error',
      path: at,
      message: `Unknown key “${key}”`,
      ...(hint === undefined ? {} : { hint }),
    }
  })
}

function discriminatorIssue(issue: UnionIssue, key: string, path: PropertyKey[], place: Place): Issue {
  const at = path.at(-1) === key ? path : [...path, key]
  const word = valueAt(place.value, at)
  const options = 'options' in issue ? (issue.options ?? []).map(String) : []
  if (word === undefined) return simple('missing_key', at, place, `“${key}” is required`, oneOf(options))
  return simple('invalid_value', at, place, `Unknown ${key} ${JSON.stringify(word)}`, suggestion(word, options))
}

const depthOf = (branch: readonly ZodIssue[]) =>
  Math.max(...branch.map((inner) => inner.path.length + (inner.code === 'unrecognized_keys' ? 1 : 0)))

/** Of all the alternatives a value fails, what the one that came furthest found; alternatives of one place are one finding. */
function unionIssues(issue: UnionIssue, path: PropertyKey[], place: Place): Issue[] {
  if (issue.discriminator !== undefined && issue.errors.length === 0) {
    return [discriminatorIssue(issue, issue.discriminator, path, place)]
  }
  const branches = issue.errors.filter((branch) => branch.length > 0).toSorted((a, b) => depthOf(b) - depthOf(a))
  const [furthest] = branches
  if (furthest !== undefined && depthOf(furthest) > 0) return furthest.flatMap((inner) => toIssues(inner, path, place))
  const value = valueAt(place.value, path)
  const types = issue.errors.flat().flatMap((inner) => (inner.code === 'invalid_type' ? [inner.expected] : []))
  if (value === undefined || types.length < branches.length || acceptsExpression(path, place)) {
    return alternativeIssues(path, place) ?? [simple('wrong_type', path, place, issue.message)]
  }
  return [simple('wrong_type', path, place, `Expected ${[...new Set(types)].join(' or ')}`)]
}

const acceptsExpression = (path: readonly PropertyKey[], place: Place) =>
  schemasAt(place.schema, path, place.value).includes(WholeExpression)

/** Where a field takes a value or an expression, what is wrong with the value; null where it does not. */
function alternativeIssues(path: PropertyKey[], place: Place): Issue[] | null {
  const value = valueAt(place.value, path)
  const [typed] = schemasAt(place.schema, path, place.value).filter((schema) => schema !== WholeExpression)
  const result = typed?.safeParse(value)
  if (result === undefined || result.success) return null
  const issues = result.error.issues.flatMap((inner) => toIssues(inner, path, place))
  if (value === undefined) return issues
  const hasBraces = typeof value === 'string' && value.includes('{{')
  const orExpression = hasBraces
    ? 'Put one pair of braces around all of it: {{ … }}.'
    : 'Or one whole {{ expression }}.'
  return issues.map((one) => ({ ...one, hint: [one.hint, orExpression].filter(Boolean).join(' ') }))
}

function simple(code: string, path: readonly PropertyKey[], place: Place, message: string, hint?: string): Issue {
  const at = place.prefix + pointerOf(path as (string | number)[])
  return { code, severity: 'error', path: at, message, ...(hint === undefined ? {} : { hint }) }
}

/** What a field is for, in the schema's words; wrappers have their say before what they wrap. */
function descriptionAt(path: readonly PropertyKey[], place: Place): string | undefined {
  const around = schemasAt(place.schema, path.slice(0, -1), valueAt(place.value, path.slice(0, -1)))
  const fields = around.flatMap((schema) => fieldOf(schema, path.at(-1)) ?? [])
  return [...fields, ...schemasAt(place.schema, path, place.value)]
    .map((field) => field.meta()?.description)
    .find((description) => description !== undefined)
}

function fieldOf(schema: z.ZodType, key: PropertyKey | undefined): z.ZodType | undefined {
  const { def } = schema as z.ZodObject
  return def.type === 'object' && typeof key === 'string' ? (def.shape[key] as z.ZodType | undefined) : undefined
}

function toIssues(issue: ZodIssue, base: readonly PropertyKey[], place: Place): Issue[] {
  const path = [...base, ...issue.path]
  const value = valueAt(place.value, path)
  const name = String(path.at(-1) ?? 'The document')
  if (issue.code === 'unrecognized_keys') return unknownKeys(issue, path, place)
  if (issue.code === 'invalid_union') return unionIssues(issue, path, place)
  if (issue.code === 'custom') {
    const { code = 'invalid_value', hint } = (issue.params ?? {}) as { code?: string; hint?: string }
    return [simple(value === undefined && path.length > 0 ? 'missing_key' : code, path, place, issue.message, hint)]
  }
  if (value === undefined && path.length > 0)
    return [simple('missing_key', path, place, `“${name}” is required`, descriptionAt(path, place))]
  if (issue.code === 'invalid_value') {
    return [
      simple(
        'invalid_value',
        path,
        place,
        `${JSON.stringify(value)} is not possible here`,
        suggestion(value, issue.values.map(String)),
      ),
    ]
  }
  if (issue.code === 'invalid_format' && acceptsExpression(path, place)) {
    const alternatives = alternativeIssues(path, place)
    if (alternatives !== null) return alternatives
  }
  const cause = issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message
  return [simple(CODES[issue.code] ?? 'invalid_value', path, place, sentence(cause), listHint(issue, value))]
}

/** One text where a list belongs is most likely meant as its only item. */
function listHint(issue: ZodIssue, value: unknown): string | undefined {
  if (issue.code !== 'invalid_type' || issue.expected !== 'array' || typeof value !== 'string') return undefined
  return value.length > 100 ? 'Write a list.' : `Write a list: [${JSON.stringify(value)}].`
}

/** Schema messages without their category, which the code already says. */
function sentence(message: string): string {
  const text = message.replace(/^(?:Invalid input|Too small|Too big|Invalid string): /, '')
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/**
 * What a schema finds wrong with a value, in the words of this program: every place on its own, unknown keys with the
 * nearest known one. `prefix` is the JSON Pointer of the value.
 */
export function schemaIssues(schema: z.ZodType, value: unknown, prefix: string): readonly Issue[] {
  const result = schema.safeParse(value)
  if (result.success) return []
  return result.error.issues.flatMap((issue) => toIssues(issue, [], { schema, value, prefix }))
}
