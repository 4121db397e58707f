import { describe, expect, test } from 'vitest'
import type { ExecutionStatus } from '#core/model/execution-status'
import { summarize } from '#lib/executions/summarize.ts'

const ended = (status: ExecutionStatus, duration: number) => ({ status, duration })

describe('the top line', () => {
  test('counts only states that occur', () => {
    const { counts } = summarize([ended('failed', 1), ended('completed', 1), { status: 'running', duration: null }])
    expect(counts).toEqual([
      { status: 'completed', count: 1 },
      { status: 'failed', count: 1 },
      { status: 'running', count: 1 },
    ])
  })

  test('takes the 95th percentile of what ended', () => {
    const rows = Array.from({ length: 100 }, (_, index) => ended('completed', (index + 1) * 10))
    expect(summarize(rows).p95Ms).toBe(950)
  })

  test('claims no percentile from a handful', () => {
    expect(summarize([ended('completed', 1), ended('completed', 2)]).p95Ms).toBeNull()
  })
})
