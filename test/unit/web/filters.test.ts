import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { API } from '#core/contract/api'
import { EXECUTION_STATUSES } from '#core/model/execution-status'
import {
  countFilters,
  type ExecutionFilters,
  filtersFromSearch,
  NO_FILTERS,
  queryFromFilters,
  searchFromFilters,
} from '#lib/executions/filters.ts'
import { fromLocalMinute, toLocalMinute } from '#lib/executions/local-minute.ts'

const instant = fc
  .date({ min: new Date('2020-01-01'), max: new Date('2030-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString())
const word = fc.stringMatching(/^[a-z][a-z0-9_-]{0,20}$/)
const somewhere = fc.record({
  workflowId: fc.constantFrom('', 'workflow_1'),
  environment: fc.oneof(fc.constant(''), word),
  status: fc.constantFrom('', ...EXECUTION_STATUSES),
  trigger: fc.constantFrom('', 'webhook', 'schedule'),
  tag: fc.constantFrom('', 'refund', 'später & mehr'),
  test: fc.constantFrom('' as const, 'true' as const),
})
const filters: fc.Arbitrary<ExecutionFilters> = fc.oneof(
  fc
    .tuple(somewhere, fc.constantFrom('' as const, 'last_hour' as const, 'last_7_days' as const, 'custom' as const))
    .map(([where, dateRange]) => ({ ...where, dateRange, from: '', to: '' })),
  fc
    .tuple(somewhere, instant, instant)
    .map(([where, from, to]) => ({ ...where, dateRange: 'custom' as const, from, to })),
)

describe('the filters of the list', () => {
  test('come back from the address as they were', () => {
    fc.assert(
      fc.property(filters, (some) => {
        expect(filtersFromSearch(new URLSearchParams(searchFromFilters(some)))).toEqual(some)
      }),
    )
  })

  test('are always a query the API accepts', () => {
    fc.assert(
      fc.property(filters, (some) => {
        expect(API.listExecutions.query.safeParse(queryFromFilters(some)).error).toBeUndefined()
      }),
    )
  })

  test('leave an address without filters bare', () => {
    expect(searchFromFilters(NO_FILTERS)).toBe('')
    expect(countFilters(NO_FILTERS)).toBe(0)
  })

  test('read the other names of a status', () => {
    expect(filtersFromSearch(new URLSearchParams('status=in_progress')).status).toBe('running')
    expect(filtersFromSearch(new URLSearchParams('status=success')).status).toBe('completed')
  })

  test('leave out what they do not understand', () => {
    const search = new URLSearchParams('status=exploded&dateRange=forever&from=yesterday&colour=red')
    expect(filtersFromSearch(search)).toEqual(NO_FILTERS)
  })
})

test('a local minute means the instant it was made from', () => {
  expect(fromLocalMinute(toLocalMinute('2026-03-10T12:04:00.000Z'))).toBe('2026-03-10T12:04:00.000Z')
  expect(fromLocalMinute('')).toBe('')
  expect(toLocalMinute('')).toBe('')
})
