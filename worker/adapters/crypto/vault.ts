import { Buffer } from 'node:buffer'
import type { Vault } from '../../ports/vault'
import { decodeKey } from './master-key'

const VERSION = 'v1'
const IV_BYTES = 12
const ALGORITHM = 'AES-GCM'

/**
 * A vault under one 256-bit master key given as base64. Ciphertexts read `v1.<iv>.<ciphertext and tag>`, both base64. Throws
 * at once on a key of another length, so that a service without its key does not start.
 */
export function createVault(masterKeyBase64: string): Vault {
  const bytes = decodeKey('MASTER_KEY', masterKeyBase64)
  let imported: Promise<CryptoKey> | undefined
  const key = () => (imported ??= crypto.subtle.importKey('raw', bytes, ALGORITHM, false, ['encrypt', 'decrypt']))

  return {
    async seal(purpose, plaintext) {
      const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES))
      const sealed = await crypto.subtle.encrypt(parameters(iv, purpose), await key(), Buffer.from(plaintext, 'utf8'))
      return [VERSION, Buffer.from(iv).toString('base64'), Buffer.from(sealed).toString('base64')].join('.')
    },
    async open(purpose, ciphertext) {
      const [version, iv = '', sealed = '', ...rest] = ciphertext.split('.')
      const ivBytes = Buffer.from(iv, 'base64')
      if (version !== VERSION || rest.length > 0 || ivBytes.length !== IV_BYTES) return null
      try {
        const opened = await crypto.subtle.decrypt(
          parameters(ivBytes, purpose),
          await key(),
          Buffer.from(sealed, 'base64'),
        )
        return Buffer.from(opened).toString('utf8')
      } catch {
        return null
      }
    },
  }
}

function parameters(iv: Uint8Array<ArrayBuffer>, purpose: string) {
  return { name: ALGORITHM, iv, additionalData: Buffer.from(purpose, 'utf8') }
}
