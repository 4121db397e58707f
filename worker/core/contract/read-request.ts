import type * as z from 'zod'
import { nearest } from '../kernel/nearest'
import { pointerOf } from '../kernel/pointer'
import { err, ok, type Result } from '../kernel/result'
import type { Issue } from '../model/issue'
import { camelKeys } from './camel-keys'
import { lostKeys } from './lost-keys'
import { knownKeys } from './schema-keys'

/** Enough to set a request right; whoever sends more wrong things than this sends something else. */
const ISSUES_MAX = 100

/** Judges one part of a request. Every finding carries a JSON Pointer below `prefix`; unknown keys name their nearest. */
export function readRequest<S extends z.ZodType>(
  schema: S,
  value: unknown,
  prefix = '',
): Result<z.output<S>, readonly Issue[]> {
  const lost = lostKeys(schema, value).map((path) => unusableKey(prefix + path))
  const parsed = schema.safeParse(camelKeys(schema, value))
  if (parsed.success) return lost.length === 0 ? ok(parsed.data) : err(lost)
  const issues = parsed.error.issues.slice(0, ISSUES_MAX).flatMap((issue) => toIssues(schema, issue, [], prefix))
  return err([...lost, ...issues].slice(0, ISSUES_MAX))
}

type ZodIssue = z.core.$ZodIssue

function toIssues(schema: z.ZodType, issue: ZodIssue, above: readonly PropertyKey[], prefix: string): Issue[] {
  const path = [...above, ...issue.path]
  if (issue.code === 'unrecognized_keys') {
    return issue.keys
      .slice(0, ISSUES_MAX)
      .map((key) => unknownKey(key, knownKeys(schema, path), prefix + pointerOf([...path, key])))
  }
  if (issue.code === 'invalid_union') {
    const best = nearestBranch(issue.errors)
    if (best !== null) return best.flatMap((inner) => toIssues(schema, inner, path, prefix))
  }
  const missing =
    issue.code === 'invalid_type' && issue.input === undefined && issue.message.endsWith('received undefined')
  return [
    {
      code: missing ? 'required' : issue.code,
      severity: 'error',
      path: prefix + pointerOf(path),
      message: missing ? `'${String(path.at(-1) ?? '')}' is required` : issue.message,
    },
  ]
}

/** The branch of a union that got furthest: its findings lie deeper than "wrong type here". */
function nearestBranch(branches: readonly (readonly ZodIssue[])[]): readonly ZodIssue[] | null {
  const isDeep = (issue: ZodIssue) => issue.path.length > 0 || issue.code !== 'invalid_type'
  return branches.find((issues) => issues.length > 0 && issues.every(isDeep)) ?? null
}

function unusableKey(path: string): Issue {
  return { code: 'unusable_key', severity: 'error', path, message: "'__proto__' cannot be a name here" }
}

function unknownKey(key: string, known: readonly string[], path: string): Issue {
  const near = nearest(key, known)
  const hint = near === null ? `Known here: ${known.join(', ')}.` : `Did you mean '${near}'?`
  return { code: 'unknown_key', severity: 'error', path, message: `'${key}' is not known here`, hint }
}
