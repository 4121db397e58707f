import { createHmac, hkdfSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { formatWebhookToken, type Mac, parseWebhookToken } from '#core/release/webhook-token'
import { createMac } from '../../../worker/adapters/crypto/hmac'

const REF = 'w0123456789ab'
const keyed =
  (key: string): Mac =>
  async (text) =>
    new Uint8Array(createHmac('sha256', key).update(text).digest())

describe('a webhook token (S22)', () => {
  it('leads back to its deployment and slot', async () => {
    for (const slot of [0, 1, 31, 32, 1_023]) {
      const token = await formatWebhookToken(keyed('k'), { ref: REF, slot })
      expect(token).toMatch(/^[0-9a-hjkmnp-tv-z]{31}$/)
      expect(await parseWebhookToken(keyed('k'), token)).toEqual({ ref: REF, slot })
    }
  })

  it('with any one character changed is none', async () => {
    const token = await formatWebhookToken(keyed('k'), { ref: REF, slot: 5 })
    for (let i = 0; i < token.length; i++) {
      const changed = `${token.slice(0, i)}${token[i] === '0' ? '1' : '0'}${token.slice(i + 1)}`
      expect(await parseWebhookToken(keyed('k'), changed), `character ${i}`).toBeNull()
    }
  })

  it('made under another key is none', async () => {
    const token = await formatWebhookToken(keyed('k'), { ref: REF, slot: 0 })
    expect(await parseWebhookToken(keyed('other'), token)).toBeNull()
  })

  it.for(['', 'abc123xyz', 'u'.repeat(31), ' '.repeat(31), '0'.repeat(30), '0'.repeat(32), '０'.repeat(31)])(
    '"%s" is none, and costs no hashing',
    async (text) => {
      const never: Mac = () => Promise.reject(new Error('was asked'))
      expect(await parseWebhookToken(never, text)).toBeNull()
    },
  )
})

describe('the keyed hash behind it', () => {
  const root = Buffer.from('s'.repeat(32))

  it('is HMAC under a key derived for its use alone, as Node computes it', async () => {
    const derived = createHmac('sha256', root).update('millrace:webhook').digest()
    const expected = createHmac('sha256', derived).update('text').digest('hex')
    const mac = createMac(root.toString('base64'), 'webhook')
    expect(Buffer.from(await mac('text')).toString('hex')).toBe(expected)
    expect(await createMac(root.toString('base64'), 'other')('text')).not.toEqual(await mac('text'))
  })

  it('refuses a session key that is not 32 bytes, without showing it', () => {
    const short = Buffer.from(hkdfSync('sha256', root, '', '', 16)).toString('base64')
    expect(() => createMac(short, 'webhook')).toThrow(/SESSION_KEY must be 32 bytes/)
    expect(() => createMac(short, 'webhook')).not.toThrow(short)
  })
})
