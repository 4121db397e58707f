import { type ErrorCode, errorEntry } from '#core/contract/errors'
import { isOutage } from '../adapters/platform/is-outage'
import { AppError } from '../services/app-error'
import { problemResponse } from './problem'
import { rateHeaders } from './rate-headers'
import { retryHeaders } from './retry-headers'

/** A guess: outages of the platform's parts are mostly over in moments. */
const OUTAGE_RETRY_SECONDS = 5

/** Refusals that whoever runs the service has to hear of: nothing the caller does helps. */
const REPORTED: readonly ErrorCode[] = ['environment_unavailable', 'unavailable']

/** The answer to whatever a call threw. A fault of ours tells nothing but the request's id. */
export function toProblem(
  error: unknown,
  requestId: string,
  report: (error: unknown, requestId: string) => void,
): Response {
  if (!(error instanceof AppError)) {
    report(error, requestId)
    if (!isOutage(error)) return problemResponse('internal', { requestId })
    return problemResponse('unavailable', { requestId, headers: retryHeaders(503, OUTAGE_RETRY_SECONDS) })
  }
  if (REPORTED.includes(error.code)) report(error, requestId)
  const { detail, issues, extra, retryAfterSeconds, rates = [] } = error.details
  const { status } = errorEntry(error.code)
  const headers: Record<string, string> = {
    ...(retryAfterSeconds === undefined ? {} : retryHeaders(status, retryAfterSeconds)),
    ...rateHeaders(rates),
  }
  if (error.code === 'unauthorized' || error.code === 'credentials_invalid') {
    const reason = error.code === 'credentials_invalid' ? ', error="invalid_token"' : ''
    headers['www-authenticate'] = `Bearer realm="millrace"${reason}`
  }
  return problemResponse(error.code, {
    requestId,
    headers,
    ...(detail === undefined ? {} : { detail }),
    ...(issues === undefined ? {} : { issues }),
    ...(extra === undefined ? {} : { extra }),
  })
}
