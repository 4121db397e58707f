import type * as z from 'zod'
import { nearest } from '../kernel/nearest'
import { pointerOf } from '../kernel/pointer'
import { err, ok, type Result } from '../kernel/result'
import type { Issue } from '../model/issue'
import { camelKeys } from './camel-keys'
import { lostKeys } from './lost-keys'
import { knownKeys } from './schema-keys'
import { typeOfJson, wantedTypes } from './wanted-types'

/** Enough to set a request right; whoever sends more wrong things than this sends something else. */
const ISSUES_MAX = 100

/** Judges one part of a request. Every finding carries a JSON Pointer below `prefix`; unknown keys name their nearest. */
export function readRequest<S extends z.ZodType>(
  schema: S,
  value: unknown,
  prefix = '',
): Result<z.output<S>, readonly Issue[]> {
  const lost = lostKeys(schema, value).map((path) => unusableKey(prefix + path))
  const read = camelKeys(schema, value)
  const parsed = schema.safeParse(read)
  if (parsed.success) return lost.length === 0 ? ok(parsed.data) : err(lost)
  const issues = parsed.error.issues
    .slice(0, ISSUES_MAX)
    .flatMap((issue) => toIssues({ schema, value: read, prefix }, issue, []))
  return err([...lost, ...issues].slice(0, ISSUES_MAX))
}

type ZodIssue = z.core.$ZodIssue

type Judged = { readonly schema: z.ZodType; readonly value: unknown; readonly prefix: string }

function toIssues(judged: Judged, issue: ZodIssue, above: readonly PropertyKey[]): Issue[] {
  const { schema, prefix } = judged
  const path = [...above, ...issue.path]
  if (issue.code === 'unrecognized_keys') {
    return issue.keys
      .slice(0, ISSUES_MAX)
      .map((key) => unknownKey(key, knownKeys(schema, path), prefix + pointerOf([...path, key])))
  }
  if (issue.code === 'invalid_key') return issue.issues.flatMap((inner) => toIssues(judged, inner, path))
  const found = valueAt(judged.value, path)
  if (issue.code === 'invalid_union') {
    const best = nearestBranch(issue.errors)
    if (best !== null) return best.flatMap((inner) => toIssues(judged, inner, path))
    if (found !== undefined) return [wrongType(found, wantedTypes(issue.errors) ?? [], prefix + pointerOf(path))]
  }
  if (issue.code === 'invalid_value' && typeof found === 'string') {
    return [unknownWord(found, issue.values, prefix + pointerOf(path))]
  }
  const at = { severity: 'error', path: prefix + pointerOf(path) } as const
  if (issue.code === 'invalid_type') {
    const missing = issue.input === undefined && issue.message.endsWith('received undefined')
    if (missing) return [{ ...at, code: 'required', message: `'${String(path.at(-1) ?? '')}' is required` }]
    return [wrongType(found, wantedTypes([[{ ...issue, path: [] }]]) ?? [], at.path)]
  }
  if (issue.code === 'custom') return [{ ...at, message: issue.message, ...ownWords(issue.params) }]
  return [{ ...at, code: issue.code, message: issue.message }]
}

/** A rule of our own may have a code and a hint of its own. */
function ownWords({ code, hint }: Record<string, unknown> = {}): Pick<Issue, 'code' | 'hint'> {
  return { code: typeof code === 'string' ? code : 'custom', ...(typeof hint === 'string' && { hint }) }
}

/** The branch of a union that got furthest: its findings lie deeper than "wrong type here". */
function nearestBranch(branches: readonly (readonly ZodIssue[])[]): readonly ZodIssue[] | null {
  return (
    branches.find((issues) => issues.length > 0 && issues.every((issue) => wantedTypes([[issue]]) === null)) ?? null
  )
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null ? (inner as Record<PropertyKey, unknown>)[key] : undefined,
    value,
  )
}

const WORD_CHARS_MAX = 100

function unknownWord(word: string, values: readonly unknown[], path: string): Issue {
  const known = values.map(String)
  const near = nearest(word, known)
  const hint = known.includes(word)
    ? `Write ${word} without quotes.`
    : near === null
      ? `Possible here: ${known.join(', ')}.`
      : `Did you mean '${near}'?`
  const message = `'${word.slice(0, WORD_CHARS_MAX)}' is not possible here`
  return { code: 'invalid_value', severity: 'error', path, message, hint }
}

function wrongType(found: unknown, wanted: readonly string[], path: string): Issue {
  const message = `Invalid input: expected ${wanted.join(' or ')}, received ${typeOfJson(found)}`
  return { code: 'invalid_type', severity: 'error', path, message }
}

function unusableKey(path: string): Issue {
  return { code: 'unusable_key', severity: 'error', path, message: "'__proto__' cannot be a name here" }
}

function unknownKey(key: string, known: readonly string[], path: string): Issue {
  const near = nearest(key, known)
  const hint = near === null ? `Known here: ${known.join(', ')}.` : `Did you mean '${near}'?`
  return { code: 'unknown_key', severity: 'error', path, message: `'${key}' is not known here`, hint }
}
