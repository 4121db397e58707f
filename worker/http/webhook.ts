import { err, ok, type Result } from '#core/kernel/result'
import { HOPS_HEADER, isLoop, loopDetail, readHops } from '#core/model/hops'
import { LIMITS } from '#core/model/limits'
import type { Mac } from '#core/release/webhook-token'
import type { Clock } from '#core/kernel/time'
import type { DeploymentConfig } from '#core/model/deployment-config'
import type { Cause } from '#core/shard/wire'
import { isOutage } from '../adapters/platform/is-outage'
import type { DeliveryLog } from '../ports/delivery-log'
import type { Ingress, IngressRefusal, Prepared } from '../ports/ingress'
import type { TokenVerifier } from '../ports/token-verifier'
import type { Vault } from '../ports/vault'
import type { WebhookSecretAccess } from '../services/webhook-secret-access'
import { endpointRate } from './webhook/endpoint-rate'
import { rateHeaders } from './rate-headers'
import { retryHeaders } from './retry-headers'
import { createAddressBook } from './webhook/address-book'
import { acceptedResponse, completedResponse, handshakeResponse } from './webhook/answers'
import { decodeInput } from './webhook/decode-input'
import { readDelivery } from './webhook/delivery'
import { createEndpoints, type Endpoints, type OpenEndpoint } from './webhook/endpoints'
import { type Call, openCall } from './webhook/open-call'
import { inflate, readBody } from './webhook/read-body'
import { reasonOf, type Refusal, refusalResponse } from './webhook/refusal'
import { headerBytes, requestContext } from './webhook/request-context'
import { seenCall } from './webhook/seen-call'
import { requestFingerprint, senderKey, type SenderKey } from './webhook/sender-key'
import { type OpenCall, signedCall } from './webhook/signed-call'

export type WebhookDoorDeps = {
  readonly ingress: Ingress
  readonly vault: Vault
  /** The same keyed hash that made the tokens. */
  readonly mac: Mac
  readonly clock: Clock
  readonly tokens: TokenVerifier
  readonly deliveries: DeliveryLog
  readonly secretAccess: WebhookSecretAccess
  /** Where senders reach us, without a slash at the end; null = wherever a call says it came in, for development. */
  readonly publicUrl: string | null
  readonly requestId: () => string
  /** Told about what nobody foresaw; the sender only gets a request id. */
  readonly report: (error: unknown, requestId: string) => void
  readonly limits?: { readonly bodyBytesMax: number; readonly headerBytesMax: number }
}

/** Answers every request under /webhook/; nothing it is sent makes it reject. */
export type WebhookDoor = (request: Request) => Promise<Response>

/** What ends a call at this door: a refusal, told apart from those of the ingress, or an answer that starts nothing. */
type Stopped = { readonly refusal: Refusal } | { readonly answer: string }

/** A call whose body was read. */
type ReadCall = Call & { readonly signed: OpenCall }

const UNKNOWN: Refusal = { code: 'webhook_unknown' }
const UNAVAILABLE: Refusal = { code: 'unavailable', headers: retryHeaders(503, 5) }
/** Its credentials cannot be opened: nobody is let in, and senders come again once somebody has seen to it. */
const UNREADABLE: Refusal = { code: 'unavailable', reason: 'endpoint_unreadable', headers: retryHeaders(503, 60) }
const UNDEPLOYED: Refusal = { ...UNKNOWN, reason: 'undeployed' }
const REMOVED: Refusal = { ...UNKNOWN, reason: 'webhook_removed' }

const REFUSALS: Readonly<Record<IngressRefusal['code'], Refusal>> = {
  not_found: UNDEPLOYED,
  undeployed: UNDEPLOYED,
  paused: { code: 'paused', headers: retryHeaders(503, 60) },
  key_reused: { code: 'idempotency_key_reused' },
  rate_limited: { code: 'rate_limited' },
  too_many_live: { code: 'too_many_live', headers: retryHeaders(429, 5) },
  outcome_unknown: { code: 'outcome_unknown', headers: retryHeaders(503, 1) },
}

/**
 * The raw-bytes door: `ANY /webhook/{token}` (S22–S25, S90–S92). A token is judged without storage, credentials over the
 * bytes as they came and before anything is parsed; senders learn little (404, or 401 of the same size), owners learn why.
 */
export function createWebhookDoor(deps: WebhookDoorDeps): WebhookDoor {
  const endpoints = createEndpoints(deps.vault, deps)
  const addressOf = createAddressBook(deps.mac)
  return async (request) => {
    let call: Call | null = null
    let response: Response
    try {
      call = await openCall(request, addressOf, deps.clock)
      response = call === null ? refusalResponse(UNKNOWN, deps.requestId()) : await answer(deps, endpoints, call)
    } catch (error) {
      const requestId = deps.requestId()
      deps.report(error, requestId)
      response = refused(call, isOutage(error) ? UNAVAILABLE : { code: 'internal' }, requestId)
    }
    if (call !== null && call.verdict !== null) {
      const answered = { status: response.status, at: deps.clock() }
      deps.deliveries.note(call.address.ref, seenCall(call, call.verdict, answered))
    }
    return response
  }
}

async function answer(deps: WebhookDoorDeps, endpoints: Endpoints, opened: Call): Promise<Response> {
  const { bodyBytesMax, headerBytesMax } = deps.limits ?? {
    bodyBytesMax: LIMITS.webhookBodyBytesMax,
    headerBytesMax: LIMITS.headerBytesMax,
  }
  const { request, address, headers, query } = opened
  if (headerBytes(headers) > headerBytesMax) return refused(opened, { code: 'headers_too_large' }, deps.requestId())
  if (request.method === 'OPTIONS') return preflight(deps, endpoints, opened)
  const body = await readBody(request, bodyBytesMax)
  if (!body.ok) return refused(opened, body.error, deps.requestId())
  opened.bytes = body.value.length
  const key = senderKey(request.headers, address.slot)
  const call: ReadCall = Object.assign(opened, { signed: signedCall(request, query, body.value, deps.publicUrl) })

  const accepted = await deps.ingress.accept<Stopped>(address.ref, null, async (config) => {
    const judged = await judge(endpoints, call, config)
    if (!judged.ok) return judged
    const hops = readHops(request.headers.get(HOPS_HEADER))
    if (isLoop(hops)) return refuse({ code: 'loop_detected', details: { detail: loopDetail(hops) } })
    return key.ok ? prepare(call, judged.value, key.value, bodyBytesMax) : refuse(key.error)
  })
  const corsHeaders = call.endpoint?.cors.headers(request.headers.get('origin')) ?? {}
  if (!accepted.ok) {
    if ('answer' in accepted.error) {
      call.verdict = { outcome: 'accepted', reason: 'handshake', executionId: null, duplicate: false }
      return handshakeResponse(accepted.error.answer, corsHeaders)
    }
    const refusal = 'refusal' in accepted.error ? accepted.error.refusal : REFUSALS[accepted.error.code]
    const rates = 'rates' in accepted.error ? rateHeaders(accepted.error.rates) : {}
    const requestId = deps.requestId()
    if (refusal === UNREADABLE) deps.report(new Error(`A webhook of ${address.ref} cannot be opened`), requestId)
    return refused(call, { ...refusal, headers: { ...refusal.headers, ...rates, ...corsHeaders } }, requestId)
  }
  const { id, rates, duplicate } = accepted.value
  call.verdict = { outcome: 'accepted', reason: null, executionId: id, duplicate }
  const fields = { ...rateHeaders(rates), ...corsHeaders }
  if (call.endpoint?.spec.responseMode !== 'lastNode') return acceptedResponse(id, fields)
  const patienceMs = call.endpoint.spec.timeoutMs ?? LIMITS.stageTimeoutMsDefault
  return completedResponse(id, await deps.ingress.complete(accepted.value, patienceMs), fields)
}

/** Whether this call may come in under this config: address, method, credentials. A pause is the shard's to tell. */
async function judge(
  endpoints: Endpoints,
  call: ReadCall,
  config: DeploymentConfig,
): Promise<Result<OpenEndpoint, Stopped>> {
  const { request, address, signed } = call
  const endpoint = await endpoints.find(config, address.slot)
  if (endpoint === null || endpoint === 'unreadable') {
    // Credentials are judged all the same: how long a refusal takes says nothing either.
    await endpoints.nobody(signed)
    return refuse(endpoint === null ? absent(config) : UNREADABLE)
  }
  call.endpoint = endpoint
  if (!(endpoint.spec.method as readonly string[]).includes(request.method)) {
    return refuse({ code: 'method_not_allowed', headers: { allow: endpoint.allow } })
  }
  const authenticated = await endpoint.authenticate(signed)
  if (authenticated.ok) return ok(endpoint)
  const reason = authenticated.error
  return refuse(reason === 'token_unavailable' ? { ...UNAVAILABLE, reason } : { code: 'webhook_unauthorized', reason })
}

/** Nothing answers at an address that was given out once. */
function absent({ status, active }: DeploymentConfig): Refusal {
  return active === null || status === 'undeployed' || status === 'placed' ? UNDEPLOYED : REMOVED
}

async function prepare(
  call: ReadCall,
  endpoint: OpenEndpoint,
  key: SenderKey,
  bodyBytesMax: number,
): Promise<Result<Prepared, Stopped>> {
  const { request, signed } = call
  const { query, body } = signed
  const plain = await inflate(body, request.headers.get('content-encoding'), bodyBytesMax)
  if (!plain.ok) return refuse(plain.error)
  const hasQueryInput = request.method === 'GET' || request.method === 'DELETE'
  const payload = decodeInput(plain.value, request.headers.get('content-type'), hasQueryInput ? query : '')
  if (!payload.ok) return refuse(payload.error)
  const delivery = readDelivery(endpoint, signed, payload.value)
  if (!delivery.ok) return refuse(delivery.error)
  if (delivery.value.kind === 'handshake') return err({ answer: delivery.value.answer })
  const { spec } = endpoint
  const hops = readHops(request.headers.get(HOPS_HEADER))
  const cause: Cause = {
    type: 'webhook',
    triggerId: spec.triggerId,
    actor: null,
    ...(spec.responseMode === 'lastNode' && { answers: true as const }),
    request: requestContext(request.method, call.headers, query, endpoint.credentialHeader),
    ...(hops > 0 && { hops }),
  }
  return ok({
    pin: endpoint.pin,
    cause,
    payload: delivery.value.payload,
    ...(spec.rateLimit !== undefined && { rate: endpointRate(call.address, spec.rateLimit) }),
    ...(spec.timeoutMs === null ? {} : { timeoutMs: spec.timeoutMs }),
    claim: endpoint.inline && spec.responseMode === 'lastNode',
    ...(delivery.value.repeat ??
      (key === null ? {} : { key, fingerprint: requestFingerprint(request.method, query, body) })),
  })
}

/** OPTIONS starts nothing: the call is judged by address only, and always ends in an answer of its own. */
async function preflight(deps: WebhookDoorDeps, endpoints: Endpoints, call: Call): Promise<Response> {
  const { address } = call
  let found: OpenEndpoint | Refusal = UNDEPLOYED
  await deps.ingress.accept<Stopped>(address.ref, null, async (config) => {
    const endpoint = await endpoints.find(config, address.slot)
    found =
      endpoint === null
        ? absent(config)
        : endpoint === 'unreadable'
          ? { ...UNKNOWN, reason: 'endpoint_unreadable' }
          : endpoint
    return refuse(UNKNOWN)
  })
  return 'code' in found ? refused(call, found, deps.requestId()) : permission(call, found)
}

/** What a browser is told; only one that asked, and may not, is worth remembering. */
function permission(call: Call, endpoint: OpenEndpoint): Response {
  call.endpoint = endpoint
  const response = endpoint.cors.preflight(call.request)
  if (call.request.headers.has('origin') && !response.headers.has('access-control-allow-origin')) {
    call.verdict = { outcome: 'refused', reason: 'origin_not_allowed', executionId: null, duplicate: false }
  }
  return response
}

/** The answer of a refusal; a call of somebody's webhook remembers why. What started an execution was let in, whatever came after. */
function refused(call: Call | null, refusal: Refusal, requestId: string): Response {
  if (call !== null && call.verdict === null) {
    call.verdict = { outcome: 'refused', reason: reasonOf(refusal), executionId: null, duplicate: false }
  }
  return refusalResponse(refusal, requestId)
}

function refuse(refusal: Refusal): Result<never, Stopped> {
  return err({ refusal })
}
