import { RE2JS } from 're2js'

const PATTERNS_MAX = 500
const patterns = new Map<string, RE2JS>()

/** A regular expression that runs in linear time, compiled once. Throws on one that cannot: look-around, back-references. */
export function linearPattern(source: string): RE2JS {
  const known = patterns.get(source)
  if (known !== undefined) return known
  if (patterns.size >= PATTERNS_MAX) patterns.clear()
  const fresh = RE2JS.compile(source)
  patterns.set(source, fresh)
  return fresh
}

/** Whether a regular expression is one that runs in linear time. */
export function isLinearPattern(source: string): boolean {
  try {
    linearPattern(source)
    return true
  } catch {
    return false
  }
}
