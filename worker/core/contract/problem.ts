import * as z from 'zod'
import type { Issue } from '../model/issue'
import { errorEntry, type ErrorCode } from './errors'

export const IssueShape = z
  .object({
    code: z.string(),
    severity: z.enum(['error', 'warning']),
    path: z.string().describe('JSON Pointer into what was sent'),
    message: z.string(),
    hint: z.string().optional(),
  })
  .meta({ id: 'Issue' })

/** The body of every refusal (RFC 9457). Some codes add members, such as `currentRevision`. */
export const Problem = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string(),
    detail: z.string(),
    hint: z.string().optional(),
    requestId: z.string(),
    issues: z.array(IssueShape),
  })
  .meta({ id: 'Problem' })
export type Problem = z.output<typeof Problem>

/** The members of a refusal that depend on the call. `extra` never overrides the standard ones. */
export type ProblemDetails = {
  readonly requestId: string
  readonly detail?: string
  readonly issues?: readonly Issue[]
  readonly extra?: Readonly<Record<string, unknown>>
}

/** The problem+json body of a code. */
export function problemBody(code: ErrorCode, details: ProblemDetails): Problem {
  const { status, title, hint } = errorEntry(code)
  return {
    ...details.extra,
    type: `/docs/errors#${code}`,
    title,
    status,
    code,
    detail: details.detail ?? title,
    hint,
    requestId: details.requestId,
    issues: (details.issues ?? []).map((issue) => ({ ...issue })),
  }
}
