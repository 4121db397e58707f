import { createRedactor, type Redact } from '#core/engine/redact'
import type { EpochMs } from '#core/kernel/time'
import type { Delivery } from '#core/model/delivery'
import type { WebhookAddress } from '#core/release/webhook-token'
import type { SeenCall } from '../../ports/delivery-log'
import type { OpenEndpoint } from './endpoints'
import type { HeaderLines } from './request-context'
import { type Hiding, shownFacts } from './shown-facts'

/** What came of a call, for its owner. */
export type Verdict = Pick<Delivery, 'outcome' | 'reason' | 'executionId' | 'duplicate'>

export type AnsweredCall = {
  readonly method: string
  readonly address: WebhookAddress
  /** What stands behind `/webhook/`: whoever knows it may call. */
  readonly token: string
  readonly headers: HeaderLines
  readonly query: string
  readonly at: EpochMs
  readonly bytes: number | null
  readonly endpoint: OpenEndpoint | null
}

const METHOD_CHARS_MAX = 20
/** What a call costs beside the text of its headers. */
const CALL_BYTES = 200

/** A call as it is handed on to be remembered. Neither its body nor its request is held on to. */
export function seenCall(call: AnsweredCall, verdict: Verdict, answered: { status: number; at: EpochMs }): SeenCall {
  const { method, address, headers, query, at, bytes, endpoint, token } = call
  return {
    at,
    method: method.slice(0, METHOD_CHARS_MAX),
    slot: address.slot,
    triggerId: endpoint?.spec.triggerId ?? null,
    ...verdict,
    status: answered.status,
    durationMs: Math.max(0, answered.at - at),
    bytes,
    heldBytes: CALL_BYTES + headers.reduce((sum, [name, value]) => sum + name.length + value.length, query.length),
    facts: factsLater(headers, query, endpoint, token),
  }
}

function factsLater(headers: HeaderLines, query: string, endpoint: OpenEndpoint | null, token: string) {
  return () => shownFacts(headers, query, hidingOf(endpoint, token))
}

/** An endpoint has one address, so one redactor serves all its calls. */
const redactors = new WeakMap<OpenEndpoint, Redact>()

function hidingOf(endpoint: OpenEndpoint | null, token: string): Hiding {
  if (endpoint === null)
    return { redact: createRedactor({ address: token }), credentialHeader: null, knowsSecrets: false }
  const redact = redactors.get(endpoint) ?? createRedactor({ ...endpoint.secrets, address: token })
  redactors.set(endpoint, redact)
  return { redact, credentialHeader: endpoint.credentialHeader, knowsSecrets: true }
}
