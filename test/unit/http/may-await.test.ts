import { describe, expect, it } from 'vitest'
import { fold } from '#core/engine/fold'
import { planOf, type StageSketch } from '../../support/plan-of'
import { ACCEPTED_AT, runPlan } from '../../support/run-plan'
import { mayAwait } from '../../../worker/http/signal/may-await'

const ask = (id: string, more: Partial<StageSketch> = {}, signal = 'go'): StageSketch => ({
  id,
  component: 'wait_for_signal',
  ...more,
  config: { signal, timeout_seconds: 60, default: 'nobody' },
})

/** After each event: whether a signal may be awaited, and whether the wait of an `ask` had yet to end. */
async function asTimeWentBy(stages: readonly StageSketch[], input = {}) {
  const plan = planOf(stages)
  const { events } = await runPlan(plan, { input })
  const isEnd = (event: (typeof events)[number]) =>
    event.type === 'stage_succeeded' && /(?:^|\/)ask\d?$/.test(event.stage)
  const after = [...events.keys()].map((i) => i + 1)
  return {
    said: after.map((count) => mayAwait(fold(plan, ACCEPTED_AT, events.slice(0, count)), 'go')),
    true: after.map((count) => events.slice(count).some(isEnd)),
  }
}

describe('a signal may be awaited', () => {
  const later: StageSketch = { id: 'later', component: 'delay', depends_on: ['ask'], config: { seconds: 60 } }

  it.for([
    ['a stage waits or is still to come', [{ id: 'first' }, ask('ask', { depends_on: ['first'] }), later]],
    ['another of its name is still to come', [ask('ask'), later, ask('ask2', { depends_on: ['later'] }), { id: 'x' }]],
    [
      'an item of a foreach has its turn, or has yet to have it',
      [
        { id: 'each', component: 'foreach', config: { items: [1, 2, 3], do: ['ask', 'rest'], max_concurrency: 1 } },
        ask('ask'),
        { id: 'rest', component: 'delay', depends_on: ['ask'], config: { seconds: 60 } },
        { id: 'end', component: 'delay', depends_on: ['each'], config: { seconds: 60 } },
      ],
    ],
  ] as const)('as long as %s, and no longer', async ([, stages]) => {
    const { said, true: expected } = await asTimeWentBy(stages)
    expect(new Set(expected)).toEqual(new Set([true, false]))
    expect(said).toEqual(expected)
  })

  it('never where no stage of its name is left, whoever else waits', () => {
    const state = fold(planOf([ask('other', {}, 'stop')]), ACCEPTED_AT, [])
    expect(mayAwait(state, 'go')).toBe(false)
    expect(mayAwait(state, 'stop')).toBe(true)
  })

  it('where the name is for an expression to say', () => {
    expect(mayAwait(fold(planOf([ask('ask', {}, '{{ input.name }}')]), ACCEPTED_AT, []), 'go')).toBe(true)
  })
})
