import type { Failure } from '#core/model/failure'

export type NetFailureCode =
  | 'egress_denied'
  | 'http_aborted'
  | 'http_connection_failed'
  | 'http_name_unresolved'
  | 'http_request_invalid'
  | 'http_timeout'
  | 'http_too_many_redirects'
  | 'response_too_large'

const HINTS: Readonly<Record<NetFailureCode, string>> = {
  egress_denied: 'Stages reach public host names over http and https, on ports 80, 443, 8080 and 8443.',
  http_aborted: 'Its execution was over before the answer was there.',
  http_connection_failed: 'Check the host name and that the service is up.',
  http_name_unresolved: 'Check the spelling of the host name.',
  http_request_invalid: 'Correct the url, header or body that the message names.',
  http_too_many_redirects: 'Call the address it leads to in the end, or set "follow_redirects": false.',
  response_too_large: 'Ask for less: fewer fields, a smaller page.',
  http_timeout: 'Raise "timeout", or make the service answer faster.',
}

/** Asking again the same way may help; every other refusal is final. */
const RETRYABLE: readonly NetFailureCode[] = ['http_connection_failed', 'http_name_unresolved', 'http_timeout']

/** Why no usable answer came, in words that are safe to show: they never quote the platform's own error. */
export class NetFailure extends Error {
  readonly code: NetFailureCode

  constructor(code: NetFailureCode, message: string) {
    super(message)
    this.name = 'NetFailure'
    this.code = code
  }

  get retryable(): boolean {
    return RETRYABLE.includes(this.code)
  }

  toFailure(): Failure {
    return { code: this.code, message: this.message, hint: HINTS[this.code] }
  }
}
