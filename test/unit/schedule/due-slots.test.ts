import { describe, expect, it } from 'vitest'
import { parseCron } from '#core/schedule/cron'
import { dueSlots } from '#core/schedule/due-slots'

const MINUTE_MS = 60_000
const NINE = Date.UTC(2026, 0, 5, 9, 0)

function slotsOf(expression: string, nextAt: number, now: number) {
  const cron = parseCron(expression)
  if (!cron.ok) throw new Error(expression)
  return dueSlots({ cron: cron.value, timezone: 'UTC', nextAt }, now)
}

describe('due moments of a schedule', () => {
  it('none is due before the next moment', () => {
    expect(slotsOf('0 9 * * *', NINE, NINE - 1)).toEqual({ fire: null, missed: [], nextAt: NINE })
  })

  it('the newest due moment fires, the older ones are missed', () => {
    expect(slotsOf('* * * * *', NINE, NINE + 2 * MINUTE_MS + 1)).toEqual({
      fire: NINE + 2 * MINUTE_MS,
      missed: [NINE, NINE + MINUTE_MS],
      nextAt: NINE + 3 * MINUTE_MS,
    })
  })

  it('after a very long absence it is still the newest moment that fires', () => {
    const now = NINE + 60 * 24 * 60 * MINUTE_MS + 30_000
    const { fire, missed, nextAt } = slotsOf('* * * * *', NINE, now)
    expect([fire, nextAt]).toEqual([now - 30_000, now + 30_000])
    expect(missed).toHaveLength(1_000)
  })

  it('also when the schedule has been silent for long', () => {
    const january = Date.UTC(2026, 0, 31, 23, 59)
    const { fire, nextAt } = slotsOf('* * * 1 *', Date.UTC(2026, 0, 1), january + 97 * 24 * 60 * MINUTE_MS)
    expect([fire, nextAt]).toEqual([january, Date.UTC(2027, 0, 1)])
  })
})
