import { createDecipheriv } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createVault } from '../../worker/adapters/crypto/vault'

const KEY = btoa('m'.repeat(32))
const CANARY = 'p@ss"w\\ö<&>\' 中\n2nd-line+/='

describe('a sealed text', () => {
  it('opens for the purpose it was sealed for', async () => {
    const vault = createVault(KEY)
    for (const text of ['', CANARY, 'x'.repeat(100_000)]) {
      expect(await vault.open('secret:1', await vault.seal('secret:1', text))).toBe(text)
    }
  })

  it('is AES-256-GCM with the purpose as additional data, as Node reads it', async () => {
    const [version, iv = '', sealed = ''] = (await createVault(KEY).seal('secret:1', CANARY)).split('.')
    const bytes = Buffer.from(sealed, 'base64')
    const decipher = createDecipheriv('aes-256-gcm', Buffer.from(KEY, 'base64'), Buffer.from(iv, 'base64'))
    decipher.setAAD(Buffer.from('secret:1'))
    decipher.setAuthTag(bytes.subarray(-16))
    expect(version).toBe('v1')
    expect(Buffer.from(iv, 'base64')).toHaveLength(12)
    expect(decipher.update(bytes.subarray(0, -16), undefined, 'utf8') + decipher.final('utf8')).toBe(CANARY)
  })

  it('differs every time and shows nothing of the text', async () => {
    const vault = createVault(KEY)
    const sealed = await Promise.all(Array.from({ length: 50 }, () => vault.seal('p', 'hunter2')))
    expect(new Set(sealed).size).toBe(50)
    expect(sealed.join()).not.toContain('hunter2')
  })

  it('does not open for another purpose, under another key, or damaged (S-04)', async () => {
    const vault = createVault(KEY)
    const sealed = await vault.seal('secret:1', CANARY)
    const [version, iv, text = ''] = sealed.split('.')
    const flipped = (text.startsWith('A') ? 'B' : 'A') + text.slice(1)
    expect(await vault.open('secret:2', sealed)).toBeNull()
    expect(await createVault(btoa('n'.repeat(32))).open('secret:1', sealed)).toBeNull()
    for (const damaged of [
      '',
      'v1',
      'v1..',
      `v2.${iv}.${text}`,
      `${version}.${iv}.${flipped}`,
      `${version}.${iv}.`,
      `${sealed}.x`,
    ]) {
      expect(await vault.open('secret:1', damaged), damaged).toBeNull()
    }
  })
})

it.for(['', 'short', btoa('m'.repeat(31)), btoa('m'.repeat(33))])(
  'a master key "%s" is refused at once, without being shown',
  (key) => {
    expect(() => createVault(key)).toThrow(/MASTER_KEY must be 32 bytes in base64/)
    if (key !== '') expect(() => createVault(key)).not.toThrow(key)
  },
)
