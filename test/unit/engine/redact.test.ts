import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRedactor } from '#core/engine/redact'

const CANARY = 'p@ss"w\\ö<&>\' 中\n2nd-line-of-it+/='
const redact = createRedactor({ CANARY, PIN: '42', NUMBER: '90210' })
const text = (value: string) => redact(value) as string

describe('a redactor', () => {
  it('masks a secret by its name wherever it stands', () => {
    expect(text(`Bearer ${CANARY}!`)).toBe('Bearer [secret CANARY]!')
    expect(redact({ a: [{ b: CANARY }] })).toEqual({ a: [{ b: '[secret CANARY]' }] })
  })

  it('masks it in keys', () => {
    expect(redact({ [`x-${CANARY}`]: 1 })).toEqual({ 'x-[secret CANARY]': 1 })
  })

  const encodings: Record<string, (secret: string) => string> = {
    json: (secret) => JSON.stringify({ secret }),
    'json in json': (secret) => JSON.stringify(JSON.stringify({ secret })),
    uri: (secret) => `https://x.test/?q=${encodeURIComponent(secret)}`,
    form: (secret) => `q=${encodeURIComponent(secret).replaceAll('%20', '+')}`,
    base64: (secret) => Buffer.from(secret).toString('base64'),
    base64url: (secret) => Buffer.from(secret).toString('base64url'),
    'basic authentication': (secret) => `Basic ${Buffer.from(`bob:${secret}`).toString('base64')}`,
    'base64 at another offset': (secret) => Buffer.from(`ab${secret}cd`).toString('base64url'),
    hex: (secret) => Buffer.from(secret).toString('hex'),
    'upper-case hex': (secret) => Buffer.from(secret).toString('hex').toUpperCase(),
    'its second line': (secret) => `> ${secret.split('\n')[1]}`,
  }
  it.for(Object.keys(encodings))('masks it as %s', (name) => {
    expect(text(encodings[name]!(CANARY))).toContain('[secret CANARY]')
  })

  it('masks a short value only where it is the whole string', () => {
    expect(redact(['42', 'room 42', 42])).toEqual(['[secret PIN]', 'room 42', '[secret PIN]'])
  })

  it('masks a numeric secret that turns up as a number', () => {
    expect(redact({ zip: 90210, other: 90211 })).toEqual({ zip: '[secret NUMBER]', other: 90211 })
  })

  it('masks the longer of two secrets that overlap', () => {
    const both = createRedactor({ SHORT: 'abcdef', LONG: 'abcdefghij' })
    expect(both('x abcdefghij abcdef y')).toBe('x [secret LONG] [secret SHORT] y')
  })

  it('answers what holds no secret as the very same value', () => {
    const value = { a: [1, 'two', { three: null }], b: true }
    expect(redact(value)).toBe(value)
    expect(createRedactor({})(value)).toBe(value)
  })

  it('keeps a field named __proto__ a field', () => {
    const kept = redact(JSON.parse(`{"__proto__": ${JSON.stringify(CANARY)}}`))
    expect(JSON.stringify(kept)).toBe('{"__proto__":"[secret CANARY]"}')
  })

  it('leaves no secret of eight characters or more in any JSON around it', () => {
    const secret = fc.string({ minLength: 8, maxLength: 40 }).filter((value) => value.trim().length >= 8)
    fc.assert(
      fc.property(secret, fc.string(), fc.string(), fc.jsonValue(), (value, before, after, json) => {
        const kept = JSON.stringify(
          createRedactor({ S: value })({ deep: [`${before}${value}${after}`, json] } as never),
        )
        const [first] = (JSON.parse(kept) as { deep: string[] }).deep
        return !first!.includes(value) || '[secret S]'.includes(value)
      }),
    )
  })
})
