import { describe, expect, it } from 'vitest'
import { decide } from '#core/engine/decide'
import { EVENT_VERSION } from '#core/engine/event'
import { fold } from '#core/engine/fold'
import { initialState, waitsUntil } from '#core/engine/state'
import type { Json } from '#core/kernel/json'
import { planOf } from '../../support/plan-of'
import { ACCEPTED_AT, runPlan } from '../../support/run-plan'

const pause = (config: Record<string, Json>) =>
  planOf([
    { id: 'pause', component: 'delay', config },
    { id: 'after', depends_on: ['pause'] },
  ])

describe('a delay', () => {
  it('waits its seconds without running, then completes with what it waited', async () => {
    const { events, effects, stage } = await runPlan(pause({ seconds: 90 }))
    expect(effects).toContainEqual({ type: 'set_timer', stage: 'pause', at: ACCEPTED_AT + 90_000 })
    expect(events.map(({ type }) => type).slice(0, 5)).toEqual([
      'stage_started',
      'stage_waiting',
      'timer_fired',
      'stage_started',
      'stage_succeeded',
    ])
    expect(stage('pause')).toMatchObject({ attempt: 1, output: { waited_ms: 90_000 }, status: 'completed' })
  })

  it('waits until an instant, with its offset', async () => {
    const { stage } = await runPlan(pause({ until: '2026-01-05T11:00:00+01:00' }))
    expect(stage('pause').output).toEqual({ waited_ms: 3_600_000 })
  })

  it('of an instant that has passed completes at once', async () => {
    const { stage, effects } = await runPlan(pause({ until: '2020-01-01T00:00:00Z' }))
    expect(stage('pause').output).toEqual({ waited_ms: 0 })
    expect(effects.filter(({ type }) => type === 'set_timer')).toEqual([])
  })

  it.for(['tomorrow', '2026-01-05', '2026-01-05T09:00:00', '2026-13-45T09:00:00Z'])(
    'refuses %s as an instant',
    async (until) => {
      const { end } = await runPlan(pause({ until }))
      expect(end.error).toMatchObject({ code: 'until_invalid', stage: 'pause' })
    },
  )
})

describe('an execution that only waits', () => {
  const plan = planOf([
    { id: 'long', component: 'delay', config: { seconds: 60 } },
    { id: 'short', component: 'delay', config: { seconds: 5 } },
    { id: 'work' },
  ])
  const accepted = decide(initialState(plan), { type: 'execution_accepted', v: EVENT_VERSION, at: 0 }).state
  const wait = (stage: string, until: number) =>
    ({ type: 'stage_waiting', v: EVENT_VERSION, at: 0, stage, attempt: 1, input: null, until }) as const

  it('can be parked until the earliest instant, and not while anything runs', () => {
    const both = decide(decide(accepted, wait('long', 60_000)).state, wait('short', 5_000)).state
    expect(waitsUntil(both)).toBeNull()
    const done = {
      type: 'stage_succeeded',
      v: EVENT_VERSION,
      at: 1,
      stage: 'work',
      attempt: 1,
      input: null,
      output: 1,
    } as const
    expect(waitsUntil(decide(both, done).state)).toBe(5_000)
  })
})

describe('resumed', () => {
  const plan = planOf([
    { id: 'a' },
    { id: 'pause', component: 'delay', config: { seconds: 60 } },
    { id: 'b', depends_on: ['a'] },
  ])

  it('asks again for what runs, with the same attempt and barrier, and for the timers of what waits', async () => {
    const run = await runPlan(plan)
    const cut = run.events.findIndex((event) => event.type === 'stage_waiting') + 1
    const folded = fold(plan, ACCEPTED_AT, run.events.slice(0, cut))
    const { effects, state } = decide(folded, { type: 'resumed', v: EVENT_VERSION, at: ACCEPTED_AT })
    expect(effects).toEqual([
      { type: 'set_timer', stage: 'pause', at: ACCEPTED_AT + 60_000 },
      { type: 'start_stage', stage: 'b', attempt: 1, afterEvent: 2 },
    ])
    expect(state).toEqual(folded)
  })

  it('asks for the finish again when the runner died before it', async () => {
    const run = await runPlan(plan)
    const folded = fold(plan, ACCEPTED_AT, run.events)
    expect(decide(folded, { type: 'resumed', v: EVENT_VERSION, at: 0 }).effects).toEqual([
      { type: 'finish', status: 'completed', failure: null },
    ])
  })
})

describe('the write barrier', () => {
  it('of a stage is the number of events up to the newest among its ancestors (4.4 rule 7)', async () => {
    const chain = planOf([{ id: 'a' }, { id: 'b', depends_on: ['a'] }, { id: 'c', depends_on: ['b'] }])
    const { effects, events } = await runPlan(chain)
    const barriers = effects.flatMap((effect) => (effect.type === 'start_stage' ? [effect.afterEvent] : []))
    expect(barriers).toEqual([0, 2, 4])
    expect(events.map(({ type }) => type)).toEqual(['a', 'b', 'c'].flatMap(() => ['stage_started', 'stage_succeeded']))
  })
})
