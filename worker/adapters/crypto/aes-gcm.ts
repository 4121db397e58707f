import { Buffer } from 'node:buffer'

const ALGORITHM = 'AES-GCM'
const IV_BYTES = 12

/** A key for sealing and opening, which cannot be read again. */
export function importAesKey(bytes: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', bytes, ALGORITHM, false, ['encrypt', 'decrypt'])
}

/** `<iv>.<ciphertext and tag>`, both base64; `bound` has to be told again to open it. */
export async function sealBytes(key: CryptoKey, bound: string, bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES))
  const sealed = await crypto.subtle.encrypt(parameters(iv, bound), key, bytes)
  return `${Buffer.from(iv).toString('base64')}.${Buffer.from(sealed).toString('base64')}`
}

/** Null when it is damaged, was bound to something else, or sealed under another key. */
export async function openBytes(
  key: CryptoKey,
  bound: string,
  sealed: string,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const [iv = '', text = '', ...rest] = sealed.split('.')
  const ivBytes = Buffer.from(iv, 'base64')
  if (rest.length > 0 || ivBytes.length !== IV_BYTES) return null
  try {
    return new Uint8Array(await crypto.subtle.decrypt(parameters(ivBytes, bound), key, Buffer.from(text, 'base64')))
  } catch {
    return null
  }
}

function parameters(iv: Uint8Array<ArrayBuffer>, bound: string) {
  return { name: ALGORITHM, iv, additionalData: Buffer.from(bound, 'utf8') }
}
