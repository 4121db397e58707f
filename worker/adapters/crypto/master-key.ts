import { Buffer } from 'node:buffer'

const KEY_BYTES = 32

/** The 32 bytes of a base64 key from the environment. Throws, naming the variable and never its value. */
export function decodeKey(name: string, base64: string): Uint8Array<ArrayBuffer> {
  const bytes = Buffer.from(base64, 'base64')
  if (bytes.length !== KEY_BYTES) {
    throw new Error(`${name} must be ${KEY_BYTES} bytes in base64; make one with: openssl rand -base64 ${KEY_BYTES}`)
  }
  return new Uint8Array(bytes)
}
