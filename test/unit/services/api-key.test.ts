import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { newApiKey, parseApiKey } from '../../../worker/services/api-key'
import { crc32 } from '../../../worker/services/crc32'

describe('an API key', () => {
  test('carries its prefix, its secret and a checksum', () => {
    const key = newApiKey((length) => new Uint8Array(randomBytes(length)))
    expect(key.text).toMatch(/^mr_[0-9a-z]{8}_[0-9a-z]{32}_[0-9A-Za-z]{6}$/)
    expect(parseApiKey(key.text)).toEqual(key)
  })

  test('with any character changed is no key', () => {
    const { text } = newApiKey((length) => new Uint8Array(length).fill(7))
    for (let i = 0; i < text.length; i++) {
      const other = text[i] === 'a' ? 'b' : 'a'
      expect(parseApiKey(text.slice(0, i) + other + text.slice(i + 1))).toBeNull()
    }
  })

  test('of another kind is no key', () => {
    for (const text of ['', 'mr_', 'sk_live_abc', 'mr_a_b_c']) expect(parseApiKey(text)).toBeNull()
  })

  test('is checked with the usual CRC-32', () => {
    expect(crc32('zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ')).toBe(714_468_973)
    expect(crc32('')).toBe(0)
  })
})
