import { err, ok, type Result } from '#core/kernel/result'
import { HOPS_HEADER, isLoop, loopDetail, readHops } from '#core/model/hops'
import { LIMITS } from '#core/model/limits'
import { type Mac, parseWebhookToken, type WebhookAddress } from '#core/release/webhook-token'
import type { Clock } from '#core/kernel/time'
import type { DeploymentConfig } from '#core/model/deployment-config'
import type { Cause } from '#core/shard/wire'
import { isOutage } from '../adapters/platform/is-outage'
import type { Ingress, IngressRefusal, Prepared } from '../ports/ingress'
import type { TokenVerifier } from '../ports/token-verifier'
import type { Vault } from '../ports/vault'
import { endpointRate } from './webhook/endpoint-rate'
import { rateHeaders } from './rate-headers'
import { retryHeaders } from './retry-headers'
import { acceptedResponse, completedResponse, handshakeResponse } from './webhook/answers'
import { BoundedCache } from './webhook/bounded-cache'
import { decodeInput } from './webhook/decode-input'
import { readDelivery } from './webhook/delivery'
import { createEndpoints, type Endpoints, type OpenEndpoint } from './webhook/endpoints'
import { inflate, readBody } from './webhook/read-body'
import { type Refusal, refusalResponse } from './webhook/refusal'
import { headerBytes, type HeaderLines, requestContext } from './webhook/request-context'
import { requestFingerprint, senderKey, type SenderKey } from './webhook/sender-key'
import { type OpenCall, signedCall } from './webhook/signed-call'

export type WebhookDoorDeps = {
  readonly ingress: Ingress
  readonly vault: Vault
  /** The same keyed hash that made the tokens. */
  readonly mac: Mac
  readonly clock: Clock
  readonly tokens: TokenVerifier
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

/** One call on its way in. `endpoint` is what the latest config said, for the answer's headers. */
type Call = {
  readonly request: Request
  readonly address: WebhookAddress
  readonly headers: HeaderLines
  readonly signed: OpenCall
  endpoint: OpenEndpoint | null
}

const TOKENS_MAX = 10_000
const PREFIX = '/webhook/'
const UNKNOWN: Refusal = { code: 'webhook_unknown' }
const UNAVAILABLE: Refusal = { code: 'unavailable', headers: retryHeaders(503, 5) }
/** Its credentials cannot be opened: nobody is let in, and senders come again once somebody has seen to it. */
const UNREADABLE: Refusal = { code: 'unavailable', headers: retryHeaders(503, 60) }

const REFUSALS: Readonly<Record<IngressRefusal['code'], Refusal>> = {
  not_found: UNKNOWN,
  undeployed: UNKNOWN,
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
    try {
      const address = await addressOf(new URL(request.url).pathname)
      if (address === null) return refusalResponse(UNKNOWN, deps.requestId())
      return await answer(deps, endpoints, request, address)
    } catch (error) {
      const requestId = deps.requestId()
      deps.report(error, requestId)
      return refusalResponse(isOutage(error) ? UNAVAILABLE : { code: 'internal' }, requestId)
    }
  }
}

/** What a path names, or null when it is no webhook's; those met before are known by heart. */
function createAddressBook(mac: Mac): (path: string) => Promise<WebhookAddress | null> {
  const known = new BoundedCache<WebhookAddress>(TOKENS_MAX)
  return async (path) => {
    const cached = known.get(path)
    if (cached !== undefined) return cached
    const token = path.startsWith(PREFIX) ? path.slice(PREFIX.length) : ''
    const address = await parseWebhookToken(mac, token)
    if (address !== null) known.set(path, address)
    return address
  }
}

async function answer(
  deps: WebhookDoorDeps,
  endpoints: Endpoints,
  request: Request,
  address: WebhookAddress,
): Promise<Response> {
  const { bodyBytesMax, headerBytesMax } = deps.limits ?? {
    bodyBytesMax: LIMITS.webhookBodyBytesMax,
    headerBytesMax: LIMITS.headerBytesMax,
  }
  const headers = [...request.headers]
  if (headerBytes(headers) > headerBytesMax) return refusalResponse({ code: 'headers_too_large' }, deps.requestId())
  if (request.method === 'OPTIONS') return preflight(deps, endpoints, request, address)
  const body = await readBody(request, bodyBytesMax)
  if (!body.ok) return refusalResponse(body.error, deps.requestId())
  const key = senderKey(request.headers, address.slot)
  const signed = signedCall(request, queryOf(request.url), body.value, deps.publicUrl)
  const call: Call = { request, address, headers, signed, endpoint: null }

  const accepted = await deps.ingress.accept<Stopped>(address.ref, null, async (config) => {
    const judged = await judge(endpoints, call, config)
    if (!judged.ok) return judged
    const hops = readHops(request.headers.get(HOPS_HEADER))
    if (isLoop(hops)) return refuse({ code: 'loop_detected', details: { detail: loopDetail(hops) } })
    return key.ok ? prepare(call, judged.value, key.value, bodyBytesMax) : refuse(key.error)
  })
  const corsHeaders = call.endpoint?.cors.headers(request.headers.get('origin')) ?? {}
  if (!accepted.ok) {
    if ('answer' in accepted.error) return handshakeResponse(accepted.error.answer, corsHeaders)
    const refusal = 'refusal' in accepted.error ? accepted.error.refusal : REFUSALS[accepted.error.code]
    const rates = 'rates' in accepted.error ? rateHeaders(accepted.error.rates) : {}
    const requestId = deps.requestId()
    if (refusal === UNREADABLE) deps.report(new Error(`A webhook of ${address.ref} cannot be opened`), requestId)
    return refusalResponse({ ...refusal, headers: { ...refusal.headers, ...rates, ...corsHeaders } }, requestId)
  }
  const { id, rates } = accepted.value
  const fields = { ...rateHeaders(rates), ...corsHeaders }
  if (call.endpoint?.spec.responseMode !== 'lastNode') return acceptedResponse(id, fields)
  const patienceMs = call.endpoint.spec.timeoutMs ?? LIMITS.stageTimeoutMsDefault
  return completedResponse(id, await deps.ingress.complete(accepted.value, patienceMs), fields)
}

/** Whether this call may come in under this config: address, method, credentials. A pause is the shard's to tell. */
async function judge(
  endpoints: Endpoints,
  call: Call,
  config: DeploymentConfig,
): Promise<Result<OpenEndpoint, Stopped>> {
  const { request, address, signed } = call
  const endpoint = await endpoints.find(config, address.slot)
  if (endpoint === null || endpoint === 'unreadable') {
    // Credentials are judged all the same: how long a refusal takes says nothing either.
    await endpoints.nobody(signed)
    return refuse(endpoint === null ? UNKNOWN : UNREADABLE)
  }
  call.endpoint = endpoint
  if (!(endpoint.spec.method as readonly string[]).includes(request.method)) {
    return refuse({ code: 'method_not_allowed', headers: { allow: endpoint.allow } })
  }
  const authenticated = await endpoint.authenticate(signed)
  if (authenticated.ok) return ok(endpoint)
  return refuse(authenticated.error === 'token_unavailable' ? UNAVAILABLE : { code: 'webhook_unauthorized' })
}

async function prepare(
  call: Call,
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
async function preflight(
  deps: WebhookDoorDeps,
  endpoints: Endpoints,
  request: Request,
  address: WebhookAddress,
): Promise<Response> {
  let response: Response | null = null
  await deps.ingress.accept<Stopped>(address.ref, null, async (config) => {
    const endpoint = await endpoints.find(config, address.slot)
    response = endpoint === null || endpoint === 'unreadable' ? null : (endpoint.cors.preflight(request) ?? null)
    return refuse(UNKNOWN)
  })
  return response ?? refusalResponse(UNKNOWN, deps.requestId())
}

function refuse(refusal: Refusal): Result<never, Stopped> {
  return err({ refusal })
}

/** Everything after the question mark, still encoded. */
function queryOf(url: string): string {
  const start = url.indexOf('?')
  return start < 0 ? '' : url.slice(start + 1)
}
