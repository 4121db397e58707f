import type { TargetEnvironment } from '#core/definition/check-environment'
import { parseSource } from '#core/definition/parse-source'
import { validateWorkflow, type Validation } from '#core/definition/validate'
import type { Json } from '#core/kernel/json'
import type { Issue } from '#core/model/issue'
import { AppError } from './app-error'

/** Answers stay readable, and small enough to be stored. */
const ISSUES_MAX = 1_000

/** Finds everything wrong with a document. `deploy` is stricter than `draft`: what was a warning may be an error. */
export function judgeDocument(document: Json, mode: 'draft' | 'deploy', environment?: TargetEnvironment): Validation {
  const { workflow, issues } = validateWorkflow(document, {
    mode,
    pathPrefix: '/definition',
    ...(environment === undefined ? {} : { environment }),
  })
  return { workflow, issues: issues.length <= ISSUES_MAX ? issues : shorten(issues) }
}

function shorten(issues: readonly Issue[]): readonly Issue[] {
  const rest = issues.slice(ISSUES_MAX)
  const message = `${rest.length} more findings are not listed`
  const severity = hasErrors(rest) ? 'error' : 'warning'
  return [...issues.slice(0, ISSUES_MAX), { code: 'too_many_findings', severity, path: '/definition', message }]
}

export function hasErrors(issues: readonly Issue[]): boolean {
  return issues.some((issue) => issue.severity === 'error')
}

/** The two ways a request may carry a document. */
export type DocumentBody = {
  readonly definition?: Readonly<Record<string, unknown>> | undefined
  readonly source?: string | undefined
}

/** The document of a request, or why its text is none. Refuses a request with none or both. */
export function readDocument(body: DocumentBody): { readonly document: Json } | { readonly issue: Issue } {
  if ((body.definition === undefined) === (body.source === undefined)) {
    const message =
      body.definition === undefined ? "'definition' is required" : "Send 'definition' or 'source', not both"
    const issue = { code: 'required', severity: 'error', path: '/definition', message } as const
    throw new AppError('request_invalid', { detail: message, issues: [issue] })
  }
  if (body.source === undefined) return { document: body.definition as Json }
  const parsed = parseSource(body.source, 'auto')
  return parsed.ok
    ? { document: parsed.value }
    : { issue: { ...parsed.error, path: `/definition${parsed.error.path}` } }
}
