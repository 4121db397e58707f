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

/** Judges signatures over raw bytes under one secret; the key is imported once. Any malformed signature is just wrong. */
export function createHmacVerifier(
  algorithm: HmacAlgorithm,
  secret: string,
): (signature: Uint8Array<ArrayBuffer>, body: Uint8Array<ArrayBuffer>) => Promise<boolean> {
  let key: Promise<CryptoKey> | undefined
  return async (signature, body) => {
    key ??= importKey(new Uint8Array(Buffer.from(secret, 'utf8')), algorithm, 'verify')
    return crypto.subtle.verify('HMAC', await key, signature, body)
  }
}

/** Compares texts with a secret one in time that depends on neither: both are hashed to the same length first. */
export function createSecretComparer(secret: string): (given: string) => boolean {
  const expected = sha256(secret)
  return (given) => timingSafeEqual(expected, sha256(given))
}

function sha256(text: string): Uint8Array {
  return createHash('sha256').update(text, 'utf8').digest()
}

function importKey(
  bytes: Uint8Array<ArrayBuffer>,
  algorithm: HmacAlgorithm,
  use: 'sign' | 'verify',
): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: HASHES[algorithm] }, false, [use])
}
