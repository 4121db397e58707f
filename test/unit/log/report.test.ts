import { DrizzleQueryError } from 'drizzle-orm'
import { afterEach, expect, test, vi } from 'vitest'
import { report } from '../../../worker/adapters/log/report'

afterEach(() => void vi.restoreAllMocks())

test('the log names a query that failed, and none of its values', () => {
  const lines: string[] = []
  vi.spyOn(console, 'error').mockImplementation((line: string) => void lines.push(line))
  const error = new DrizzleQueryError('select * from secrets where name = ?', ['ANY\nBODY'], new Error('gone'))
  report('audit_failed', { error: String(error), tries: 2 })
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
    { event: 'audit_failed', error: 'Error: Failed query: select * from secrets where name = ?', tries: 2 },
  ])
})
