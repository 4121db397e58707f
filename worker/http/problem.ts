import { errorEntry, type ErrorCode } from '#core/contract/errors'
import { problemBody, type ProblemDetails } from '#core/contract/problem'

/** An `application/problem+json` answer for a code of the catalogue, never stored by caches. */
export function problemResponse(
  code: ErrorCode,
  details: ProblemDetails & { readonly headers?: Readonly<Record<string, string>> },
): Response {
  return new Response(JSON.stringify(problemBody(code, details)), {
    status: errorEntry(code).status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      'x-request-id': details.requestId,
      ...details.headers,
    },
  })
}
