import type { ErrorCode } from '#core/contract/errors'
import type { Issue } from '#core/model/issue'
import type { RateVerdict } from '#core/model/rate'

export type AppErrorDetails = {
  readonly detail?: string
  readonly issues?: readonly Issue[]
  /** More members of the problem body, such as `currentRevision`. */
  readonly extra?: Readonly<Record<string, unknown>>
  readonly retryAfterSeconds?: number
  /** The limits that refused the call. */
  readonly rates?: readonly RateVerdict[]
}

/** A refusal by a use case. The HTTP layer turns it into problem+json; its status lives in the error catalogue. */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly details: AppErrorDetails

  constructor(code: ErrorCode, details: AppErrorDetails = {}) {
    super(details.detail ?? code)
    this.name = 'AppError'
    this.code = code
    this.details = details
  }
}
