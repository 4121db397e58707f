import { ERRORS, type ErrorCode, errorEntry } from '#core/contract/errors'
import type { Problem } from '#core/contract/problem'

/** The problem that an address names by its code, after a provider sent the browser back; null for none, and for words nobody knows. */
export function problemOfCode(code: string | null): Problem | null {
  if (code === null || !Object.hasOwn(ERRORS, code)) return null
  const { title, status, hint } = errorEntry(code as ErrorCode)
  return {
    type: 'about:blank',
    title,
    status,
    code,
    detail: title,
    hint,
    requestId: '',
    issues: [],
  }
}
