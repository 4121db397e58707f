import { decodeBase64, encodeBase64 } from '../../expression/base64'

const HEX = /^[0-9a-f]+$/i
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/

/** The bytes of a signature in hexadecimal, or null unless the text is exactly `bytes` of them. */
export function fromHex(text: string, bytes: number): Uint8Array | null {
  if (text.length !== bytes * 2 || !HEX.test(text)) return null
  return Uint8Array.from({ length: bytes }, (_, at) => Number.parseInt(text.slice(at * 2, at * 2 + 2), 16))
}

/** The same in base64 of the standard alphabet, padded, and written in the only way that encodes these bytes. */
export function fromBase64(text: string, bytes: number): Uint8Array | null {
  if (text.length !== Math.ceil(bytes / 3) * 4 || !BASE64.test(text)) return null
  const decoded = decodeBase64(text)
  return decoded?.length === bytes && encodeBase64(decoded) === text ? decoded : null
}

/** The signature behind a prefix such as `sha256=`, which must be there letter by letter. */
export function afterPrefix(text: string, prefix: string): string | null {
  return text.startsWith(prefix) ? text.slice(prefix.length) : null
}
