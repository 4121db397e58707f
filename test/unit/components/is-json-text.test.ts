import { describe, expect, it } from 'vitest'
import { isJsonText } from '#core/components/is-json-text'

const GOOD = [
  'null',
  ' true ',
  '0',
  '-0.5e+3',
  '""',
  '"\\u00e9\\n\\/"',
  '[]',
  '[ ]',
  '{}',
  '{ "a" : [1, {"b": null}] }\n',
  '"é😀"',
  '[[],{}]',
]
const BAD = [
  '',
  ' ',
  'nul',
  'truex',
  '01',
  '1.',
  '.5',
  '+1',
  '1e',
  '-',
  "'a'",
  '"a',
  '"\\x"',
  '"\\u12"',
  '"\n"',
  '[1,]',
  '[,1]',
  '{"a"}',
  '{"a":}',
  '{a:1}',
  '{"a":1,}',
  '[1 2]',
  '1 2',
  '[',
  '{',
  ']',
  'NaN',
  '[1]]',
  '\u00a01',
]

describe('JSON text', () => {
  it.for(GOOD)('%j is read as JSON.parse reads it', (text) => {
    expect(() => JSON.parse(text) as unknown).not.toThrow()
    expect(isJsonText(text, 64)).toBe(true)
  })

  it.for(BAD)('%j is none', (text) => {
    expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError)
    expect(isJsonText(text, 64)).toBe(false)
  })

  it('nested too deep, or with a number beyond doubles, is not kept as it is', () => {
    expect(isJsonText('['.repeat(64) + ']'.repeat(64), 64)).toBe(true)
    expect(isJsonText('['.repeat(65) + ']'.repeat(65), 64)).toBe(false)
    expect(isJsonText('['.repeat(1_000_000), 64)).toBe(false)
    expect(isJsonText('[1e999]', 64)).toBe(false)
  })

  it('is judged like JSON.parse judges it, whatever is changed in it', () => {
    const text = '{"a":[1,-2.5e3,"x\\"\\u0041",true,null],"b":{"c":[]}}'
    for (let at = 0; at < text.length; at++) {
      for (const sign of ['', '"', ',', '{', ']', '\\', '1', ' ']) {
        const changed = text.slice(0, at) + sign + text.slice(at + 1)
        let parses = true
        try {
          JSON.parse(changed)
        } catch {
          parses = false
        }
        expect([changed, isJsonText(changed, 64)]).toEqual([changed, parses])
      }
    }
  })
})
