import { readJson } from '../json/read-json.ts'

type ReadMocks =
  | { readonly ok: true; readonly value: Record<string, unknown> }
  | { readonly ok: false; readonly issues: Readonly<Record<string, string>> }

/** Reads what was typed as the outputs of stages, by stage; what is no JSON is named, by stage too. */
export function readMocks(texts: Readonly<Record<string, string>>): ReadMocks {
  const read = Object.entries(texts).map(([stage, text]) => [stage, readJson(text)] as const)
  const issues = read.flatMap(([stage, one]) => (one.ok ? [] : [[stage, one.message] as const]))
  if (issues.length > 0) return { ok: false, issues: Object.fromEntries(issues) }
  return { ok: true, value: Object.fromEntries(read.map(([stage, one]) => [stage, one.ok ? one.value : null])) }
}
