import { describe, expect, it } from 'vitest'
import { createLoadWindow } from '#core/shard/load-window'

const SECOND_MS = 1_000

describe('the load of a shard', () => {
  it('is too much when ten seconds bring more accepts than ten times the limit', () => {
    const window = createLoadWindow(5)
    expect(window.count(50, 100)).toBe(false)
    expect(window.count(1, 100 + 9 * SECOND_MS)).toBe(true)
  })

  it('speaks up once in a window, and again in the next', () => {
    const window = createLoadWindow(5)
    const answers = [0, 1, 2, 11, 12].map((second) => window.count(60, second * SECOND_MS))
    expect(answers).toEqual([true, false, false, true, false])
  })

  it('begins anew after each window: a steady rate below the limit is never too much', () => {
    const window = createLoadWindow(5)
    const answers = Array.from({ length: 100 }, (_, second) => window.count(5, second * SECOND_MS))
    expect(answers).not.toContain(true)
  })

  it('begins anew when the clock goes back', () => {
    const window = createLoadWindow(5)
    expect(window.count(50, 100 * SECOND_MS)).toBe(false)
    expect(window.count(50, 50 * SECOND_MS)).toBe(false)
    expect(window.count(1, 50 * SECOND_MS)).toBe(true)
  })

  it('is never too much where growing is switched off', () => {
    const window = createLoadWindow(0)
    expect(window.count(1_000_000, 5)).toBe(false)
  })
})
