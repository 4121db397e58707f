import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createPasswords, SCRYPT } from '../../../worker/adapters/crypto/passwords'

const passwords = createPasswords((length) => new Uint8Array(randomBytes(length)))

describe('a password', () => {
  test('is hashed as costly as the platform allows in production', () => {
    expect(SCRYPT.N * SCRYPT.r * SCRYPT.p).toBe(655_360)
    expect(SCRYPT.N * SCRYPT.r * SCRYPT.p).toBeLessThanOrEqual(2 ** 20)
  })

  test('is verified, whichever way its characters were composed', () => {
    const stored = passwords.hash('pässwörd 12345')
    expect(stored).toMatch(/^\$scrypt\$ln=14,r=8,p=5\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
    expect(passwords.verify('pa\u0308sswo\u0308rd 12345', stored)).toBe(true)
    expect(passwords.verify('passwörd 12345', stored)).toBe(false)
  })

  test('is never stored twice alike, and nothing matches what is no hash', () => {
    expect(passwords.hash('same')).not.toBe(passwords.hash('same'))
    expect(passwords.verify('', '')).toBe(false)
    expect(passwords.verify('same', 'same')).toBe(false)
  })
})
