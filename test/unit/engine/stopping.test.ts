import { describe, expect, it } from 'vitest'
import { decide } from '#core/engine/decide'
import { EVENT_VERSION, type JournalEvent } from '#core/engine/event'
import { initialState, isCurrentAttempt, stageState } from '#core/engine/state'
import { planOf } from '../../support/plan-of'

//  a ─▶ b        pause (waits)        guard [ try: inside · finally: tidy ]
const plan = planOf([
  { id: 'a' },
  { id: 'b', depends_on: ['a'] },
  { id: 'pause', component: 'delay', config: { seconds: 60 } },
  { id: 'guard', component: 'trycatch', config: { try: ['inside'], finally: ['tidy'] } },
  { id: 'inside' },
  { id: 'tidy' },
])
const accepted = decide(initialState(plan), { type: 'execution_accepted', v: EVENT_VERSION, at: 0 }).state
const live = decide(accepted, {
  type: 'stage_waiting',
  v: EVENT_VERSION,
  at: 5,
  stage: 'pause',
  attempt: 1,
  input: null,
  until: 60_005,
}).state
const stops: readonly (readonly [JournalEvent, string])[] = [
  [{ type: 'cancel_requested', v: EVENT_VERSION, at: 9, reason: 'Not needed.', actor: 'alice' }, 'cancelled'],
  [{ type: 'deadline_passed', v: EVENT_VERSION, at: 9 }, 'timed_out'],
  [
    {
      type: 'execution_failed',
      v: EVENT_VERSION,
      at: 9,
      failure: { code: 'poisoned', message: 'It failed five runners.' },
    },
    'failed',
  ],
]

describe.for(stops)('after %o', ([event, word]) => {
  const { state, effects } = decide(live, event)

  it('what runs is aborted and the execution is over at once (I14)', () => {
    expect(effects).toEqual([
      { type: 'abort_stage', stage: 'a' },
      { type: 'abort_stage', stage: 'inside' },
      { type: 'finish', status: word, failure: expect.objectContaining({ code: expect.any(String) }) },
    ])
    expect(state).toMatchObject({ status: word, endedAt: 9, active: 0, rootOpen: 0 })
  })

  it('no stage is left open and none starts, not even in finally', () => {
    for (const id of plan.order)
      expect(stageState(state, id)).toMatchObject({ status: 'cancelled', endedAt: 9, waiting: null })
    expect(isCurrentAttempt(state, 'a', 1)).toBe(false)
  })

  it('a result that comes later changes nothing (I11)', () => {
    const late = decide(state, {
      type: 'stage_succeeded',
      v: EVENT_VERSION,
      at: 10,
      stage: 'a',
      attempt: 1,
      input: null,
      output: 1,
    })
    expect(late.effects).toEqual([])
    expect({ ...late.state, events: state.events }).toEqual(state)
    for (const [other] of stops) expect(decide(state, other).state.status).toBe(word)
  })
})
