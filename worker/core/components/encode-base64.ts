const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** Standard base64, padded. */
export function encodeBase64Bytes(bytes: Uint8Array): string {
  let encoded = ''
  for (let i = 0; i < bytes.length; i += 3) {
    const [a = 0, b = 0, c = 0] = bytes.subarray(i, i + 3)
    const group = (a << 16) | (b << 8) | c
    encoded += ALPHABET.charAt(group >> 18) + ALPHABET.charAt((group >> 12) & 63)
    encoded += i + 1 < bytes.length ? ALPHABET.charAt((group >> 6) & 63) : '='
    encoded += i + 2 < bytes.length ? ALPHABET.charAt(group & 63) : '='
  }
  return encoded
}

/** Standard base64, padded, of a text's UTF-8 bytes. */
export function encodeBase64(text: string): string {
  return encodeBase64Bytes(new TextEncoder().encode(text))
}
