import type { Json } from '#core/kernel/json'
import { isJsonObject } from '#core/kernel/json'
import { err, ok, type Result } from '#core/kernel/result'
import type { SignedCall } from '#core/triggers/schemes/define-scheme'
import type { Scheme } from '#core/triggers/schemes/registry'
import { sha256Hex } from '../../adapters/crypto/digest'
import { isJsonType } from './decode-input'
import type { OpenEndpoint } from './endpoints'
import type { Refusal } from './refusal'
import { deliveryKey, requestFingerprint } from './sender-key'

/** A proven call read by its scheme: a question about the address, or an input and what tells its repeats. */
export type Delivery =
  | { readonly kind: 'handshake'; readonly answer: string }
  | { readonly kind: 'call'; readonly payload: string; readonly repeat: Repeat | null }

/** The key of a delivery, and what its repeats must share beside it. */
export type Repeat = { readonly key: string; readonly fingerprint: string }

/** What a scheme sees in a body its sender has proven to have sent. `payload` is JSON. */
export function readDelivery(
  { scheme, spec }: OpenEndpoint,
  call: SignedCall & { readonly query: string },
  payload: string,
): Result<Delivery, Refusal> {
  if (scheme === null) return ok({ kind: 'call', payload, repeat: null })
  const asks = scheme.deliveryId !== undefined || scheme.handshake !== undefined || scheme.hides !== undefined
  const input = asks ? (JSON.parse(payload) as Json) : null
  const answer = scheme.handshake?.(input) ?? null
  if (answer !== null) return ok({ kind: 'handshake', answer })
  const kept = scheme.hides === undefined ? payload : withoutFields(input, scheme.hides, call)
  if (kept === null) {
    return err({ code: 'unsupported_media_type', details: { detail: 'This webhook reads JSON objects only.' } })
  }
  const dedupe = 'dedupe' in spec.authentication ? spec.authentication.dedupe : undefined
  return ok({ kind: 'call', payload: kept, repeat: repeatOf(scheme, dedupe, call, { input, slot: spec.slot }) })
}

/** What the proof covers goes before what it does not; a sender's own Idempotency-Key comes after both. */
function repeatOf(
  scheme: Scheme,
  dedupe: 'body' | 'delivery_id' | undefined,
  call: SignedCall & { readonly query: string },
  { input, slot }: { readonly input: Json; readonly slot: number },
): Repeat | null {
  const signedId = scheme.deliveryId?.(input, call) ?? null
  if (signedId !== null) return sameWhatever(deliveryKey(signedId, slot))
  if (dedupe === 'body') return sameWhatever(deliveryKey(`body ${sha256Hex(call.body)}`, slot))
  const unsignedId = dedupe === 'delivery_id' ? call.header(scheme.unsignedId ?? '') : null
  if (unsignedId === null || unsignedId === '') return null
  const fingerprint = requestFingerprint(call.method, call.query, call.body)
  return { key: deliveryKey(`header ${unsignedId}`, slot), fingerprint }
}

/** Providers change details of what they send again, such as how many deliveries are open. */
function sameWhatever(key: string): Repeat {
  return { key, fingerprint: key }
}

/** Null for what is no JSON object: its proof would be somewhere else than among its fields, and be kept. */
function withoutFields(input: Json, names: readonly string[], call: SignedCall): string | null {
  if (!isJsonType(call.header('content-type')) || !isJsonObject(input)) return null
  return JSON.stringify(Object.fromEntries(Object.entries(input).filter(([name]) => !names.includes(name))))
}
