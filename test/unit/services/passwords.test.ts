import { randomBytes, scryptSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createPasswords, SCRYPT } from '../../../worker/adapters/crypto/passwords'
import { scrypt } from '../../../worker/adapters/crypto/scrypt'

const passwords = createPasswords({
  clock: () => 0,
  randomBytes: (length) => new Uint8Array(randomBytes(length)),
  sleep: async () => undefined,
  requestsUnderWay: () => 0,
})

describe('a password', () => {
  test('is hashed as costly as the platform allows in production (A-09)', () => {
    expect(SCRYPT.N * SCRYPT.r * SCRYPT.p).toBe(655_360)
    expect(SCRYPT.N * SCRYPT.r * SCRYPT.p).toBeLessThanOrEqual(2 ** 20)
  })

  test('is hashed in slices, each followed by a rest for everything else in the isolate', async () => {
    let rests = 0
    const cost = { N: 1_024, r: 8, p: 16 }
    const asked = { password: 'password', salt: Buffer.from('NaCl'), cost, length: 64 }
    const hash = await scrypt(asked, async () => void (rests += 1))
    // The second vector of RFC 7914, section 12.
    expect(Buffer.from(hash).toString('hex')).toBe(
      'fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640',
    )
    expect(rests).toBeGreaterThanOrEqual(cost.p)
    rests = 0
    await scrypt({ ...asked, cost: SCRYPT }, async () => void (rests += 1))
    expect(rests).toBeGreaterThan(300)
  })

  test('is hashed to the bytes of the platform’s own function', async () => {
    for (const cost of [SCRYPT, { N: 2, r: 1, p: 1 }, { N: 64, r: 3, p: 2 }]) {
      const salt = randomBytes(16)
      const hash = await scrypt({ password: 'pässwörd', salt, cost, length: 32 }, async () => undefined)
      expect(Buffer.from(hash)).toEqual(scryptSync('pässwörd', salt, 32, { ...cost, maxmem: 64 * 1024 * 1024 }))
    }
  })

  test('is verified, whichever way its characters were composed', async () => {
    const stored = await passwords.hash('pässwörd 12345')
    expect(stored).toMatch(/^\$scrypt\$ln=14,r=8,p=5\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
    expect(await passwords.verify('pa\u0308sswo\u0308rd 12345', stored)).toBe(true)
    expect(await passwords.verify('passwörd 12345', stored)).toBe(false)
  })

  test('is verified at the cost it was stored with, which says whether it is outdated (A-09)', async () => {
    const salt = randomBytes(16)
    const cheap = scryptSync('an old password', salt, 32, { N: 2 ** 13, r: 8, p: 1 })
    const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64').replaceAll('=', '')
    const stored = `$scrypt$ln=13,r=8,p=1$${text(salt)}$${text(cheap)}`
    expect([await passwords.verify('an old password', stored), passwords.isOutdated(stored)]).toEqual([true, true])
    expect(await passwords.verify('another password', stored)).toBe(false)
    expect(passwords.isOutdated(await passwords.hash('an old password'))).toBe(false)
  })

  test('is never stored twice alike, and nothing matches what is no hash', async () => {
    expect(await passwords.hash('same')).not.toBe(await passwords.hash('same'))
    expect(await passwords.verify('', '')).toBe(false)
    expect(await passwords.verify('same', 'same')).toBe(false)
  })
})
