import { Buffer } from 'node:buffer'
import { createHash, timingSafeEqual } from 'node:crypto'
import type { Mac } from '#core/release/webhook-token'
import { decodeKey } from './master-key'

export type HmacAlgorithm = 'sha256' | 'sha512'

const HASHES = { sha256: 'SHA-256', sha512: 'SHA-512' } as const

/**
 * A keyed hash under a key derived from the session key for one use, so that no two uses share a key. Throws when the session
 * key is not 32 bytes of base64.
 */
export function createMac(sessionKeyBase64: string, use: string): Mac {
  const root = decodeKey('SESSION_KEY', sessionKeyBase64)
  let derived: Promise<CryptoKey> | undefined
  const derive = async () => {
    const rootKey = await importKey(root, 'sha256', 'sign')
    const bytes = await crypto.subtle.sign('HMAC', rootKey, Buffer.from(`millrace:${use}`, 'utf8'))
    return importKey(new Uint8Array(bytes), 'sha256', 'sign')
  }
  return async (text) => {
    const signed = await crypto.subtle.sign('HMAC', await (derived ??= derive()), Buffer.from(text, 'utf8'))
    return new Uint8Array(signed)
  }
}

/** Judges signatures over raw bytes under one key, which is imported once. Any malformed signature is just wrong. */
export function createHmacVerifier(
  algorithm: HmacAlgorithm,
  secret: Uint8Array<ArrayBuffer>,
): (signature: Uint8Array<ArrayBuffer>, message: Uint8Array<ArrayBuffer>) => Promise<boolean> {
  let key: Promise<CryptoKey> | undefined
  return async (signature, message) =>
    crypto.subtle.verify('HMAC', await (key ??= importKey(secret, algorithm, 'verify')), signature, message)
}

/** Judges plain hashes of a secret followed by a message; for senders that know no better. */
export function createHashVerifier(
  secret: Uint8Array<ArrayBuffer>,
): (digest: Uint8Array, message: Uint8Array) => boolean {
  return (digest, message) => {
    const expected = createHash('sha256').update(secret).update(message).digest()
    return digest.length === expected.length && timingSafeEqual(expected, digest)
  }
}

/** Compares texts with a secret one in time that depends on neither: both are hashed to the same length first. */
export function createSecretComparer(secret: string | Uint8Array): (given: string) => boolean {
  const expected = sha256(secret)
  return (given) => timingSafeEqual(expected, sha256(given))
}

function sha256(text: string | Uint8Array): Uint8Array {
  return createHash('sha256').update(text).digest()
}

function importKey(
  bytes: Uint8Array<ArrayBuffer>,
  algorithm: HmacAlgorithm,
  use: 'sign' | 'verify',
): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: HASHES[algorithm] }, false, [use])
}
