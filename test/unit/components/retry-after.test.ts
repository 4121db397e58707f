import { describe, expect, it } from 'vitest'
import { retryAfterMs } from '#core/components/retry-after'

const NOW = Date.parse('2026-01-05T09:00:00Z')

describe('a Retry-After field', () => {
  it.for([
    ['0', 0],
    ['7', 7_000],
    [' 120 ', 120_000],
    ['99999', 3_600_000],
    ['Mon, 05 Jan 2026 09:00:30 GMT', 30_000],
    ['Monday, 05-Jan-26 09:00:30 GMT', 30_000],
    ['Mon, 05 Jan 2026 08:59:00 GMT', 0],
    ['Tue, 06 Jan 2026 09:00:00 GMT', 3_600_000],
  ] as const)('of %s asks for %i ms, never for more than an hour', ([field, ms]) => {
    expect(retryAfterMs(field, NOW)).toBe(ms)
  })

  it.for([undefined, '', 'soon', '-1', '1.5', '12s', '5 Jan', 'Infinity'])('of %s says nothing', (field) => {
    expect(retryAfterMs(field, NOW)).toBeUndefined()
  })
})
