import { Buffer } from 'node:buffer'
import type { Vault } from '../../ports/vault'
import { importAesKey, openBytes, sealBytes } from './aes-gcm'
import { decodeKey } from './master-key'

export const DIRECT = 'v1.'

/**
 * A vault directly under one 256-bit master key given as base64. Ciphertexts read `v1.<iv>.<ciphertext and tag>`. What was
 * sealed before organizations had data keys opens with it. Throws at once on a key of another length.
 */
export function createVault(masterKeyBase64: string): Vault {
  return createDirectVault(decodeKey('MASTER_KEY', masterKeyBase64))
}

/** The same for a key in bytes. */
export function createDirectVault(bytes: Uint8Array<ArrayBuffer>): Vault {
  let imported: Promise<CryptoKey> | undefined
  const key = () => (imported ??= importAesKey(bytes))
  return {
    seal: async (purpose, plaintext) =>
      DIRECT + (await sealBytes(await key(), purpose, new Uint8Array(Buffer.from(plaintext, 'utf8')))),
    async open(purpose, ciphertext) {
      if (!ciphertext.startsWith(DIRECT)) return null
      const opened = await openBytes(await key(), purpose, ciphertext.slice(DIRECT.length))
      return opened === null ? null : Buffer.from(opened).toString('utf8')
    },
  }
}
