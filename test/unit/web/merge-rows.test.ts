import { describe, expect, test } from 'vitest'
import { admitFresh, mergeRows } from '#lib/executions/merge-rows.ts'

const row = (second: number, status = 'completed') => ({
  executionId: `exec_${second}`,
  acceptedAt: `2026-03-10T12:00:${String(second).padStart(2, '0')}.000Z`,
  status,
})
const ids = (rows: readonly { executionId: string }[]) => rows.map(({ executionId }) => executionId)

describe('a look at the newest page', () => {
  test('changes rows in their places and moves none', () => {
    const { rows } = mergeRows([row(3, 'running'), row(2)], [row(5), row(3, 'failed'), row(2)])
    expect(rows).toEqual([row(3, 'failed'), row(2)])
  })

  test('counts what is not on screen, also between rows that are', () => {
    const { fresh, hasGap } = mergeRows([row(4), row(2)], [row(5), row(4), row(3), row(2)])
    expect(ids(fresh)).toEqual(['exec_5', 'exec_3'])
    expect(hasGap).toBe(false)
  })

  test('notices when nothing on screen is in it', () => {
    expect(mergeRows([row(2), row(1)], [row(9), row(8)]).hasGap).toBe(true)
    expect(mergeRows([], [row(9)]).hasGap).toBe(false)
    expect(mergeRows([row(1)], []).hasGap).toBe(false)
  })

  test('names live rows that no longer match, but not those that are merely older', () => {
    const shown = [row(9, 'running'), row(8), row(1, 'running')]
    expect(ids(mergeRows(shown, [row(8), row(7)]).left)).toEqual(['exec_9'])
  })
})

describe('letting new rows in', () => {
  test('puts them where they belong and keeps what is older', () => {
    expect(ids(admitFresh([row(4), row(1)], [row(5), row(4), row(3)]))).toEqual([
      'exec_5',
      'exec_4',
      'exec_3',
      'exec_1',
    ])
  })

  test('starts over from the newest page when there is a gap', () => {
    expect(ids(admitFresh([row(2), row(1)], [row(9), row(8)]))).toEqual(['exec_9', 'exec_8'])
  })
})
