import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findJsonBreak } from '#core/kernel/json-place'
import { parseStrictJson } from '#core/kernel/strict-json'

const isJson = (text: string) => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

describe('where a text stops being JSON', () => {
  it.each([
    ['', 1, 1, null],
    ['{"a":', 1, 6, null],
    ['{\n  "a": 1,\n  b: 2\n}', 3, 3, 'b'],
    ['[1, 2,]', 1, 7, ']'],
    ['{"a":1,}', 1, 8, '}'],
    ['{"a" 1}', 1, 6, '1'],
    ['{"a":1} x', 1, 9, 'x'],
    ['01', 1, 2, '1'],
    ['undefined', 1, 1, 'u'],
    ['"tab\there"', 1, 5, '\t'],
    ['"\\x"', 1, 2, '\\'],
    ['"open', 1, 6, null],
    ["{'a':1}", 1, 2, "'"],
    ['[1 2]', 1, 4, '2'],
    ['[}', 1, 2, '}'],
    ['["é😀", 😀]', 1, 9, '😀'],
  ])('%j: line %i, column %i', (text, line, column, found) => {
    expect(findJsonBreak(text)).toEqual({ line, column, found })
  })

  it('is nowhere exactly when the text is JSON', () => {
    const broken = fc
      .tuple(fc.json(), fc.nat(), fc.constantFrom('', ',', '}', '"', '\\', '1', 'e', ' ', '\u0000', '-'))
      .map(
        ([text, at, with_]) => text.slice(0, at % (text.length + 1)) + with_ + text.slice((at % (text.length + 1)) + 1),
      )
    fc.assert(fc.property(fc.oneof(fc.json(), broken), (text) => (findJsonBreak(text) === null) === isJson(text)))
  })

  it('is named by every refusal of malformed JSON', () => {
    expect(parseStrictJson('{"a":')).toMatchObject({
      error: { code: 'json_malformed', message: 'Not JSON: line 1, column 6: the text ends too early' },
    })
    expect(parseStrictJson('{"a":nope}')).toMatchObject({
      error: { message: 'Not JSON: line 1, column 6: "n" is not expected here' },
    })
  })

  it('is found in a long text', () => {
    const text = `["${'x'.repeat(1_000_000)}", ${'[1],'.repeat(50_000)}`
    expect(findJsonBreak(text)).toMatchObject({ found: null })
  })
})
