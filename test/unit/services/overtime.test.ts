import { describe, expect, it } from 'vitest'
import { plannedStage } from '#core/engine/state'
import { Overtime } from '../../../worker/services/runner/overtime'
import { planOf } from '../../support/plan-of'

const plan = planOf([{ id: 'call', component: 'http_request', config: { url: 'https://api.test/', timeout: 30_000 } }])

describe('attempts that ignore their time', () => {
  it('an attempt is given up five seconds after it should have answered, once', () => {
    const overtime = new Overtime()
    overtime.started('call', 2, plannedStage(plan, 'call'), 1_000)
    expect(overtime.take(35_999)).toEqual([])
    expect(overtime.take(36_000)).toMatchObject([
      { type: 'attempt_failed', stage: 'call', attempt: 2, at: 36_000, failure: { code: 'stage_timeout' } },
    ])
    expect(overtime.take(99_000)).toEqual([])
  })

  it('an attempt that has to wait for room has all of its time from when there is some (F-24)', () => {
    const overtime = new Overtime()
    overtime.queued('call', true, 0)
    overtime.started('call', 1, plannedStage(plan, 'call'), 0)
    expect(overtime.take(99_000)).toEqual([])
    overtime.queued('call', false, 100_000)
    expect(overtime.take(134_999)).toEqual([])
    expect(overtime.take(135_000)).toMatchObject([{ stage: 'call', attempt: 1, failure: { code: 'stage_timeout' } }])
  })

  it('what has ended is left alone, however long it took', () => {
    const overtime = new Overtime()
    overtime.started('call', 1, plannedStage(plan, 'call'), 0)
    overtime.ended('call')
    expect(overtime.take(99_000)).toEqual([])
  })
})
