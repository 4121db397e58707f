import { randomBytes, scryptSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createPasswords, SCRYPT } from '../../../worker/adapters/crypto/passwords'

const passwords = createPasswords((length) => new Uint8Array(randomBytes(length)))

describe('a password', () => {
  test('is hashed as costly as the platform allows in production (A-09)', () => {
    expect(SCRYPT.N * SCRYPT.r * SCRYPT.p).toBe(655_360)
    expect(SCRYPT.N * SCRYPT.r * SCRYPT.p).toBeLessThanOrEqual(2 ** 20)
  })

  test('is verified, whichever way its characters were composed', () => {
    const stored = passwords.hash('pässwörd 12345')
    expect(stored).toMatch(/^\$scrypt\$ln=14,r=8,p=5\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
    expect(passwords.verify('pa\u0308sswo\u0308rd 12345', stored)).toBe(true)
    expect(passwords.verify('passwörd 12345', stored)).toBe(false)
  })

  test('is verified at the cost it was stored with, which says whether it is outdated (A-09)', () => {
    const salt = randomBytes(16)
    const cheap = scryptSync('an old password', salt, 32, { N: 2 ** 13, r: 8, p: 1 })
    const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64').replaceAll('=', '')
    const stored = `$scrypt$ln=13,r=8,p=1$${text(salt)}$${text(cheap)}`
    expect([passwords.verify('an old password', stored), passwords.isOutdated(stored)]).toEqual([true, true])
    expect(passwords.verify('another password', stored)).toBe(false)
    expect(passwords.isOutdated(passwords.hash('an old password'))).toBe(false)
  })

  test('is never stored twice alike, and nothing matches what is no hash', () => {
    expect(passwords.hash('same')).not.toBe(passwords.hash('same'))
    expect(passwords.verify('', '')).toBe(false)
    expect(passwords.verify('same', 'same')).toBe(false)
  })
})
