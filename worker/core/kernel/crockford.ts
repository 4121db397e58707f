const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
const VALUES = new Map([...ALPHABET].map((char, value) => [char, value]))

/** Crockford base32 of a non-negative integer below 2^53, left-padded to `length`. Sorts as the number does. */
export function encodeInteger(value: number, length: number): string {
  let rest = value
  let text = ''
  for (let i = 0; i < length; i++) {
    text = ALPHABET.charAt(rest % 32) + text
    rest = Math.floor(rest / 32)
  }
  return text
}

/** The integer written by encodeInteger, or null when a character is foreign to the alphabet. */
export function decodeInteger(text: string): number | null {
  let value = 0
  for (const char of text) {
    const digit = VALUES.get(char)
    if (digit === undefined) return null
    value = value * 32 + digit
  }
  return value
}

/** Crockford base32 of bytes, five bits a character, the last padded with zero bits. */
export function encodeBytes(bytes: Uint8Array): string {
  let text = ''
  let buffer = 0
  let bits = 0
  for (const byte of bytes) {
    buffer = (buffer << 8) | byte
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += ALPHABET.charAt((buffer >> bits) & 31)
    }
  }
  return bits > 0 ? text + ALPHABET.charAt((buffer << (5 - bits)) & 31) : text
}
