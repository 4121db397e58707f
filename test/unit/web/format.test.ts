import { describe, expect, test } from 'vitest'
import { formatClock } from '#lib/format/clock-time.ts'
import { formatDuration } from '#lib/format/duration.ts'
import { formatExact } from '#lib/format/exact-time.ts'
import { formatRelative } from '#lib/format/relative-time.ts'
import { shortId } from '#lib/format/short-id.ts'

describe('a duration', () => {
  test.for([
    [0, '< 1 ms'],
    [245, '245 ms'],
    [999.4, '999 ms'],
    [999.6, '1.00 s'],
    [1_240, '1.24 s'],
    [9_994, '9.99 s'],
    [9_996, '10.0 s'],
    [59_949, '59.9 s'],
    [59_960, '1 m 00 s'],
    [200_000, '3 m 20 s'],
    [3_599_600, '1 h 00 m'],
    [7_500_000, '2 h 05 m'],
    [86_400_000, '1 d 0 h'],
    [-5, '< 1 ms'],
  ] as const)('of %i ms reads %s', ([durationMs, text]) => {
    expect(formatDuration(durationMs)).toBe(text)
  })
})

describe('an instant', () => {
  const nowAt = Date.parse('2026-03-10T12:00:00Z')

  test.for([
    ['2026-03-10T12:00:03Z', 'just now'],
    ['2026-03-10T11:59:48Z', '12 s ago'],
    ['2026-03-10T11:57:00Z', '3 min ago'],
    ['2026-03-10T10:00:00Z', '2 h ago'],
    ['2026-03-05T12:00:00Z', '5 d ago'],
    ['2025-12-24T12:00:00Z', 'Dec 24, 2025'],
  ] as const)('%s reads %s', ([at, text]) => {
    expect(formatRelative(at, nowAt)).toBe(text)
  })

  test('is exact to the millisecond and names its zone', () => {
    const exact = formatExact('2026-03-10T12:04:31.123Z', 'America/New_York')
    for (const part of ['Tue', 'Mar 10, 2026', '08:04:31.123', 'EDT']) expect(exact).toContain(part)
  })

  test('shows midnight as 00', () => {
    expect(formatClock('2026-03-10T00:00:09Z', 'UTC')).toBe('00:00:09')
  })
})

test('a long id keeps its prefix, its time and its end', () => {
  expect(shortId('exec_01ABCDEFGHJKMNPQRSTVWXYZ0123456')).toBe('exec_01ABCDEFG…456')
  expect(shortId('key_short')).toBe('key_short')
})
