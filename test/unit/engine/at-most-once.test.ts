import { describe, expect, it } from 'vitest'
import { decide } from '#core/engine/decide'
import { EVENT_VERSION as v, type JournalEvent } from '#core/engine/event'
import { fold } from '#core/engine/fold'
import { planOf } from '../../support/plan-of'
import { ACCEPTED_AT as at } from '../../support/run-plan'

const config = { url: 'https://api.test/pay', method: 'POST', at_most_once: true }
const plan = planOf([{ id: 'pay', component: 'http_request', config }])
const started = (attempt: number): JournalEvent => ({ type: 'stage_started', v, at, stage: 'pay', attempt })
const refused: JournalEvent = {
  type: 'attempt_failed',
  v,
  at,
  stage: 'pay',
  attempt: 1,
  input: null,
  failure: { code: 'http_status', message: '429' },
  retryAt: at,
}
const fired: JournalEvent = { type: 'timer_fired', v, at, stage: 'pay' }

/** What whoever takes over is asked to do. */
const resumed = (...journal: JournalEvent[]) =>
  decide(fold(plan, at, journal), { type: 'resumed', v, at }).effects.filter(({ type }) => type === 'start_stage')

describe('a stage that runs at most once (4.4 rule 8)', () => {
  it('says so when it is started', () => {
    expect(resumed()).toEqual([{ type: 'start_stage', stage: 'pay', attempt: 1, afterEvent: 0, atMostOnce: true }])
  })

  it('is in doubt once its intent is journaled and its result is not', () => {
    expect(resumed(started(1))).toMatchObject([{ attempt: 1, inDoubt: true }])
    expect(resumed(started(1), refused, fired, started(2))).toMatchObject([{ attempt: 2, inDoubt: true }])
  })

  it('is not in doubt before the intent of its next attempt', () => {
    const [effect] = resumed(started(1), refused, fired)
    expect(effect).toMatchObject({ attempt: 2, atMostOnce: true })
    expect(effect).not.toHaveProperty('inDoubt')
  })

  it('is in doubt in an iteration of a foreach too', () => {
    const loop = planOf([
      { id: 'each', component: 'foreach', config: { items: [1], do: ['pay'] } },
      { id: 'pay', component: 'http_request', config },
    ])
    const first = decide(fold(loop, at, []), { type: 'resumed', v, at }).effects
    expect(first).toMatchObject([{ type: 'start_stage', stage: 'each' }])
    const opened: JournalEvent = {
      type: 'stage_opened',
      v,
      at,
      stage: 'each',
      attempt: 1,
      startedAt: at,
      input: null,
      items: [1],
    }
    const state = fold(loop, at, [opened])
    const [inner] = decide(state, { type: 'resumed', v, at }).effects
    const address = inner?.type === 'start_stage' ? inner.stage : ''
    expect(inner).toMatchObject({ atMostOnce: true })
    const again = fold(loop, at, [opened, { ...started(1), stage: address } as JournalEvent])
    expect(decide(again, { type: 'resumed', v, at }).effects).toMatchObject([{ stage: address, inDoubt: true }])
  })
})

describe('any other stage', () => {
  it('is simply run again', () => {
    const usual = planOf([{ id: 'pay', component: 'http_request', config: { ...config, at_most_once: false } }])
    const { effects } = decide(fold(usual, at, [started(1)]), { type: 'resumed', v, at })
    expect(effects).toEqual([{ type: 'start_stage', stage: 'pay', attempt: 1, afterEvent: 0 }])
  })
})
