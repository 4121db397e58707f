import { describe, expect, test } from 'vitest'
import { decodeBase32, encodeBase32 } from '#core/kernel/base32'
import { oneTimeCodes } from '../../../worker/adapters/crypto/one-time-codes'

const bytes = (text: string) => new TextEncoder().encode(text)
const SECRET = encodeBase32(bytes('12345678901234567890'))

describe('one-time codes', () => {
  // Appendix B of RFC 6238, SHA-1, the last six of its eight digits.
  test.each([
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ])('are those of RFC 6238 at %i s', (second, code) => {
    expect(oneTimeCodes.codeAt(SECRET, Math.floor(second / 30))).toBe(code)
  })

  // Section 10 of RFC 4648, without padding.
  test.each([
    ['', ''],
    ['f', 'MY'],
    ['fo', 'MZXQ'],
    ['foo', 'MZXW6'],
    ['foob', 'MZXW6YQ'],
    ['fooba', 'MZXW6YTB'],
    ['foobar', 'MZXW6YTBOI'],
  ])('have secrets in the base32 of RFC 4648: %s', (text, encoded) => {
    expect(encodeBase32(bytes(text))).toBe(encoded)
    expect([...decodeBase32(encoded)]).toEqual([...bytes(text)])
  })
})
