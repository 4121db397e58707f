import type { ErrorCode } from '#core/contract/errors'
import { problemBody, type ProblemDetails } from '#core/contract/problem'
import { errorEntry } from '#core/contract/errors'
import { DELIVERY_REASONS, type DeliveryReason } from '#core/model/delivery-reasons'

/** A code of the catalogue and what the door adds to it; what is not said here is not told to the sender. */
export type Refusal = {
  readonly code: ErrorCode
  readonly details?: Omit<ProblemDetails, 'requestId'>
  readonly headers?: Readonly<Record<string, string>>
  /** For the owner's eyes: why it was refused; absent = the code says it. */
  readonly reason?: DeliveryReason
}

/** An unknown address and wrong credentials are answered with bodies of this many bytes, whatever their words. */
const SEALED_BYTES = 512
const SEALED: readonly ErrorCode[] = ['webhook_unknown', 'webhook_unauthorized']

/** Headers of every answer of the door: never cached, never interpreted as a page. */
export const DOOR_HEADERS = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
} as const

/** The problem+json answer of a refusal. */
export function refusalResponse(refusal: Refusal, requestId: string): Response {
  const body = JSON.stringify(problemBody(refusal.code, { requestId, ...refusal.details }))
  return new Response(SEALED.includes(refusal.code) ? body.padEnd(SEALED_BYTES) : body, {
    status: errorEntry(refusal.code).status,
    headers: {
      ...DOOR_HEADERS,
      'content-type': 'application/problem+json',
      'x-request-id': requestId,
      ...refusal.headers,
    },
  })
}

/** Why a call was refused, as its owner reads it. */
export function reasonOf({ code, reason }: Refusal): DeliveryReason {
  if (reason !== undefined) return reason
  return Object.hasOwn(DELIVERY_REASONS, code) ? (code as DeliveryReason) : 'internal'
}
