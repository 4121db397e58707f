import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { excerpt } from '#core/kernel/excerpt'
import { createRedactor } from '#core/engine/redact'

const CANARY = 'p@ss"w\\ö<&>\' 中\n2nd-line-of-it+/='
const redact = createRedactor({ CANARY, PIN: '42', NUMBER: '90210' })
const text = (value: string) => redact(value) as string

const asciiJson = (secret: string) =>
  JSON.stringify(secret).replace(/[^ -~]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)
const NAMES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const named = (secret: string) => secret.replace(/[&<>"']/g, (sign) => NAMES[sign]!)
const numbered = (secret: string, spell: (code: number) => string) =>
  secret.replace(/[^A-Za-z0-9 ]/gu, (sign) => spell(sign.codePointAt(0)!))

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
    'base64 in a URL': (secret) => `?q=${encodeURIComponent(Buffer.from(secret).toString('base64'))}&x=1`,
    'base64 in JSON that escapes slashes': (secret) =>
      JSON.stringify(Buffer.from(secret).toString('base64')).replaceAll('/', '\\/'),
    'a URL as browsers write it': (secret) => new URL(`https://x.test/a?q=${encodeURI(secret)}`).href,
    'form fields': (secret) => new URLSearchParams({ a: '1', secret, z: '2' }).toString(),
    'lower-case percent signs': (secret) => encodeURIComponent(secret).toLowerCase(),
    'a URL in a URL': (secret) => `?to=${encodeURIComponent(`https://x.test/?q=${encodeURIComponent(secret)}`)}`,
    'a URL in JSON': (secret) => JSON.stringify({ url: `https://x.test/?q=${encodeURI(secret)}` }),
    'JSON in ASCII': (secret) => asciiJson(secret),
    'JSON in ASCII with capitals': (secret) =>
      asciiJson(secret).replace(/u[0-9a-f]{4}/g, (code) => `u${code.slice(1).toUpperCase()}`),
    'JSON for a script tag': (secret) =>
      JSON.stringify({ secret }).replace(/[<>&]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`),
    'JSON in a form': (secret) => new URLSearchParams({ payload: JSON.stringify({ secret }) }).toString(),
    html: (secret) => `<p title="${named(secret)}">`,
    'html with numbers': (secret) => numbered(secret, (code) => `&#${code};`),
    'html with hexadecimal numbers': (secret) => numbered(secret, (code) => `&#x${code.toString(16)};`),
    'html in JSON': (secret) => JSON.stringify({ page: `<b>${named(secret)}</b>` }),
    'an argument of a shell': (secret) => `curl -H '${secret.replaceAll("'", `'\\''`)}'`,
    'a quoted argument': (secret) => `"${secret.replace(/["\\]/g, '\\$&')}"`,
    'a cell of a table': (secret) => `a,"${secret.replaceAll('"', '""')}",b`,
    'its second line': (secret) => `> ${secret.split('\n')[1]}`,
  }
  it.for(Object.keys(encodings))('masks it as %s', (name) => {
    expect(text(encodings[name]!(CANARY))).toContain('[secret CANARY]')
  })

  const whole = Object.keys(encodings).filter((name) => name !== 'its second line')
  it.for(whole)('masks all of it and nothing else as %s', (name) => {
    const [before, after] = ['before it, ', ', after it']
    const kept = text(before + encodings[name]!(CANARY) + after)
    expect([kept.slice(0, before.length), kept.slice(-after.length)]).toEqual([before, after])
    expect(kept.split('[secret CANARY]')).toHaveLength(2)
    // Base64 says a little about the neighbours as well.
    const left = kept.length - '[secret CANARY]'.length - before.length - after.length
    expect(left).toBeLessThanOrEqual(encodings[name]!('').length + 4)
  })

  it('masks each text of a secret that is JSON, in every encoding too', () => {
    const secret = { JSON: '{"user":"bob","password":"correct horse","keys":["sk-1234567"]}' }
    const leaf = createRedactor(secret)
    for (const told of ['correct horse', 'correct%20horse', Buffer.from('sk-1234567').toString('base64')]) {
      expect(leaf(`It is ${told}.`)).toBe('It is [secret JSON].')
    }
    expect(leaf('bob')).toBe('bob')
  })

  it('masks a secret that holds nothing plain, in a text longer than one piece', () => {
    const odd = createRedactor({ ODD: '中文 "密码"+<测试>' })
    for (const encode of [encodeURIComponent, JSON.stringify, named, (value: string) => value]) {
      const kept = odd(`${'&'.repeat(16_380)}${encode('中文 "密码"+<测试>')}!`) as string
      expect(kept).toMatch(/^&{16380}"?\[secret ODD\]"?!$/)
    }
  })

  it('masks the beginning of a secret that a cut left, in any encoding', () => {
    for (const encode of [(value: string) => value, encodeURIComponent, asciiJson, named]) {
      const whole = `It is ${encode(CANARY)}`
      for (let length = encode(CANARY.slice(0, 6)).length + 6; length < whole.length; length++) {
        const kept = text(`${excerpt(whole, length)}.`)
        expect(kept, whole.slice(0, length)).toMatch(/^It is "?\[secret CANARY\]"?…\.$/)
      }
    }
  })

  it('masks every occurrence, also where two follow each other', () => {
    expect(text(`${CANARY}${CANARY} ${encodeURIComponent(CANARY)}${CANARY}`)).not.toMatch(/p.{0,3}ss|2nd/)
  })

  it('finds in JSON text whatever a reader of it would mask', () => {
    const secret = fc.string({ minLength: 8, maxLength: 30, unit: 'binary' })
    fc.assert(
      fc.property(secret, fc.jsonValue(), fc.boolean(), (value, json, isHidden) => {
        const redactor = createRedactor({ S: value })
        const held = { json: json as never, ...(isHidden && { list: [`<${value}>`] }) }
        const changed = redactor(held) !== held
        expect(changed || !isHidden).toBe(true)
        if (changed) expect(redactor.finds!(JSON.stringify(held))).toBe(true)
      }),
    )
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
