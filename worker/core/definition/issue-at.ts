import type { Issue } from '../model/issue'

/** An error at a place of the document. */
export function errorAt(code: string, path: string, message: string, hint?: string): Issue {
  return { code, severity: 'error', path, message, ...(hint === undefined ? {} : { hint }) }
}

/** A finding that stops nothing. */
export function warningAt(code: string, path: string, message: string, hint?: string): Issue {
  return { ...errorAt(code, path, message, hint), severity: 'warning' }
}
