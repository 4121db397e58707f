import { describe, expect, test } from 'vitest'
import { matchKeys } from '#lib/keyboard/match-keys.ts'

const shortcuts = ['j', 'g e', 'g w', '?']

describe('keys', () => {
  test('run a shortcut of one key at once', () => {
    expect(matchKeys(shortcuts, [], 'j')).toEqual({ run: 'j', pending: [] })
  })

  test('wait for the second key of a sequence', () => {
    expect(matchKeys(shortcuts, [], 'g')).toEqual({ run: null, pending: ['g'] })
    expect(matchKeys(shortcuts, ['g'], 'e')).toEqual({ run: 'g e', pending: [] })
  })

  test('start over with a key that does not continue the sequence', () => {
    expect(matchKeys(shortcuts, ['g'], 'j')).toEqual({ run: 'j', pending: [] })
    expect(matchKeys(shortcuts, ['g'], 'g')).toEqual({ run: null, pending: ['g'] })
  })

  test('mean nothing when no shortcut has them', () => {
    expect(matchKeys(shortcuts, [], 'q')).toEqual({ run: null, pending: [] })
  })
})
