import type * as z from 'zod'

type Finding = z.core.$ZodIssue

const WORDS: Readonly<Record<string, string>> = { record: 'object', int: 'integer' }

/** The types a union takes, when the value is of none of them; null when it is of one, and wrong for another reason. */
export function wantedTypes(branches: readonly (readonly Finding[])[]): readonly string[] | null {
  const types = branches.flatMap((findings) => findings.map(wantedBy))
  return types.includes(null) ? null : [...new Set(types.flatMap((it) => it ?? []))]
}

function wantedBy(finding: Finding): readonly string[] | null {
  if (finding.path.length > 0) return null
  if (finding.code === 'invalid_union') return wantedTypes(finding.errors)
  return finding.code === 'invalid_type' ? [WORDS[finding.expected] ?? finding.expected] : null
}

/** What JSON calls the type of a value. */
export function typeOfJson(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}
