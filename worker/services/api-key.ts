import { encodeBytes } from '#core/kernel/crockford'
import type { RandomBytes } from '#core/kernel/id'
import { crc32 } from './crc32'

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const PATTERN = /^(mr_[0-9a-z]{8})_([0-9a-z]{32})_([0-9A-Za-z]{6})$/

export type ApiKey = {
  /** `mr_<keyid>`: shown in lists, and what the key's row is found by. */
  readonly prefix: string
  /** The whole key: `mr_<keyid>_<160 random bits>_<checksum>`. */
  readonly text: string
}

/** A fresh key. Its text is known to whoever asked for it and to nobody else. */
export function newApiKey(randomBytes: RandomBytes): ApiKey {
  const prefix = `mr_${encodeBytes(randomBytes(5))}`
  const body = `${prefix}_${encodeBytes(randomBytes(20))}`
  return { prefix, text: `${body}_${checksum(body)}` }
}

/** The key a text is, or null when its checksum says that it never was one: no lookup is needed to refuse it. */
export function parseApiKey(text: string): ApiKey | null {
  const [, prefix, secret, sum] = PATTERN.exec(text) ?? []
  if (prefix === undefined || secret === undefined) return null
  return checksum(`${prefix}_${secret}`) === sum ? { prefix, text } : null
}

/** CRC-32 in base 62, six digits: what secret scanners of code hosts understand. */
function checksum(text: string): string {
  let rest = crc32(text)
  let digits = ''
  for (let i = 0; i < 6; i++) {
    digits = BASE62.charAt(rest % 62) + digits
    rest = Math.floor(rest / 62)
  }
  return digits
}
