import { err, ok, type Result } from '#core/kernel/result'
import { sha256Hex } from '../../adapters/crypto/digest'
import type { Refusal } from './refusal'

/** A sender's Idempotency-Key, as its deployment's shard stores it; null when none was sent. */
export type SenderKey = string | null

const PATTERN = /^[\x20-\x7e]{1,255}$/

/** Keys of one webhook never meet those of another: the slot is part of what is hashed, and slots belong to one trigger. */
export function senderKey(headers: Headers, slot: number): Result<SenderKey, Refusal> {
  const key = headers.get('idempotency-key')
  if (key === null) return ok(null)
  return PATTERN.test(key) ? ok(sha256Hex(`webhook:${slot}:${key}`)) : err({ code: 'idempotency_key_invalid' })
}

/** Tells two requests apart that came with the same key. */
export function requestFingerprint(method: string, query: string, body: Uint8Array): string {
  return sha256Hex(`${method} ${query}\n`, body)
}

/** A provider's own name of a delivery. No Idempotency-Key is hashed to the same, whatever its sender writes. */
export function deliveryKey(id: string, slot: number): string {
  return sha256Hex(`delivery:${slot}:${id}`)
}
