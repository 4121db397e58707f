import { describe, expect, it } from 'vitest'
import { utf8Length } from '#core/kernel/utf8-length'

describe('the length of a text in UTF-8', () => {
  it.for(['', 'abc', 'é', '中', '😀', 'a\ud83d', '\ude00a', '\ud83d\ud83d\ude00', '\u07ff\u0800\uffff'])(
    'of %j',
    (text) => {
      expect(utf8Length(text)).toBe(new TextEncoder().encode(text).length)
    },
  )
})
