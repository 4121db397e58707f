import { describe, expect, test } from 'vitest'
import { API } from '#core/contract/api'
import { readRequest } from '#core/contract/read-request'
import { EXECUTION_STATUSES } from '#core/model/execution-status'

const filterBy = (status: string) => {
  const query = readRequest(API.listExecutions.query, { status })
  return query.ok ? query.value.status : query.error.map(({ path }) => path)
}

describe('the status filter of executions (S53)', () => {
  test('takes every word an execution can have', () => {
    expect(EXECUTION_STATUSES.map(filterBy)).toEqual(EXECUTION_STATUSES)
  })

  test.for([
    ['in_progress', 'running'],
    ['success', 'completed'],
    ['unprocessed', 'pending'],
  ] as const)('reads %s as %s', ([alias, status]) => {
    expect(filterBy(alias)).toBe(status)
  })

  test('refuses any other word', () => {
    expect(filterBy('exploded')).toEqual(['/status'])
  })

  test('says which words there are, and which one was probably meant', () => {
    const refused = (status: string) => {
      const query = readRequest(API.listExecutions.query, { status }, '/query')
      return query.ok ? [] : query.error
    }
    expect(refused('done')).toEqual([
      {
        code: 'invalid_value',
        severity: 'error',
        path: '/query/status',
        message: "'done' is not possible here",
        hint: 'Possible here: pending, running, waiting, completed, failed, cancelled, timed_out, in_progress, success, unprocessed.',
      },
    ])
    expect(refused('complete')).toMatchObject([{ hint: "Did you mean 'completed'?" }])
  })
})
