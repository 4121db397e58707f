import type { JsonObject } from '../kernel/json'
import type { EpochMs } from '../kernel/time'
import { outcomeUnknown } from '../model/outcome-unknown'
import type { HttpAnswer, HttpRequest, Outcome } from './context'
import { headerValue } from './header-fields'
import { withBody } from './response-body'
import { retryAfterMs } from './retry-after'

const TRANSIENT_STATUSES = new Set([408, 425, 429])
/** Of these, those that say the request was not acted upon. */
const NOT_CARRIED_OUT = new Set([425, 429])

const isTransientStatus = (status: number) => status >= 500 || TRANSIENT_STATUSES.has(status)

function fieldsOf(answer: Extract<HttpAnswer, { kind: 'response' }>): JsonObject {
  const { status, headers, binary, durationMs } = answer
  const encoding = binary === true ? { body_encoding: 'base64' } : {}
  return { status_code: status, headers, body: null, ...encoding, duration_ms: durationMs }
}

type Terms = { readonly okStatuses: readonly number[]; readonly atMostOnce: boolean; readonly at: EpochMs }

/** What an answer means for the stage that asked, at `at`. */
export function judgeAnswer(answer: HttpAnswer, request: HttpRequest, { okStatuses, atMostOnce, at }: Terms): Outcome {
  if (answer.kind === 'failed') {
    const { failure, retryable } = answer
    // A refusal by policy is no attempt whose output a condition could judge: asking again cannot change it.
    if (retryable === false) return { kind: 'failed', failure }
    if (atMostOnce)
      return { kind: 'failed', failure: { ...outcomeUnknown(failure.message), details: { cause: failure.code } } }
    const output = { status_code: null, error: { code: failure.code, message: failure.message } }
    return { kind: 'failed', failure, output, transient: true }
  }
  const { status, headers, text, binary, durationMs } = answer
  const output = withBody(fieldsOf(answer), text, binary === true ? undefined : headerValue(headers, 'content-type'))
  if (status < 400 || okStatuses.includes(status)) return { kind: 'completed', output }
  const failure = {
    code: 'http_status',
    message: `${request.method} ${request.url.replace(/[?#].*$/, '')} answered ${status}.`,
    hint: 'Its output holds what the service answered. List the status in "ok_statuses" where it is no failure.',
    details: { status_code: status },
  }
  const restMs = retryAfterMs(headerValue(headers, 'retry-after'), at + durationMs)
  return {
    kind: 'failed',
    failure,
    output,
    transient: atMostOnce ? NOT_CARRIED_OUT.has(status) : isTransientStatus(status),
    ...(restMs !== undefined && { retryAfterMs: restMs }),
  }
}
