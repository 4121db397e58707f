import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Plan } from '#core/definition/plan'
import { decide } from '#core/engine/decide'
import { EVENT_VERSION, type JournalEvent } from '#core/engine/event'
import { fold } from '#core/engine/fold'
import { stageState } from '#core/engine/state'
import { isTerminalStage } from '#core/model/stage-status'
import { seedJournal } from '../../../worker/services/seed-journal'
import { planOf, type StageSketch } from '../../support/plan-of'
import { runPlan } from '../../support/run-plan'

const base = { v: EVENT_VERSION, at: 1, input: null }

/** Stages at the root, in the phases of a trycatch and in the branches of a parallel inside its try; some fail. */
const workflows = fc
  .array(
    fc.record({
      depends: fc.array(fc.nat(), { maxLength: 2 }),
      join: fc.constantFrom('all', 'any', 'always'),
      on_error: fc.constantFrom('fail', 'fail', 'continue'),
      home: fc.constantFrom('root', 'try', 'catch', 'finally', 'left', 'right'),
      fails: fc.boolean(),
    }),
    { minLength: 2, maxLength: 10 },
  )
  .map((seeds) => {
    const at = (wanted: string, before = seeds.length) =>
      seeds.flatMap(({ home }, i) => (home === wanted && i < before ? [`s${i}`] : []))
    const stages = seeds.map(({ depends, join, on_error, home }, i): StageSketch => {
      const earlier = [...at(home, i), ...(home === 'root' ? ['guard'] : [])]
      const depends_on = earlier.length === 0 ? [] : [...new Set(depends.map((n) => earlier[n % earlier.length] ?? ''))]
      return { id: `s${i}`, depends_on, join, on_error }
    })
    const on_error = seeds[0]?.join === 'any' ? 'collect' : 'fail_fast'
    const fan = { branches: [at('left'), at('right')], on_error, max_concurrency: seeds.length % 2 === 0 ? 1 : 2 }
    const guard = { try: [...at('try'), 'fan'], catch: at('catch'), finally: at('finally') }
    return {
      plan: planOf([
        ...stages,
        { id: 'fan', component: 'parallel', config: fan },
        { id: 'guard', component: 'trycatch', config: guard },
      ]),
      fails: new Set(seeds.flatMap(({ fails }, i) => (fails ? [`s${i}`] : []))),
    }
  })

/** Everything an execution starts that begins with a journal, when all goes well from then on. */
function goOn(plan: Plan, journal: readonly JournalEvent[]) {
  let { state, effects } = decide(fold(plan, 0, journal), { type: 'resumed', v: EVENT_VERSION, at: 1 })
  const started: string[] = []
  for (let queue = [...effects], next = queue.shift(); next !== undefined; next = queue.shift()) {
    if (next.type !== 'start_stage') continue
    const { stage, attempt } = next
    started.push(stage)
    ;({ state, effects } = decide(state, { ...base, type: 'stage_succeeded', stage, attempt, output: null }))
    queue = [...queue, ...effects]
  }
  return { state, started }
}

describe('over random workflows with random failures', () => {
  test('a retry from any stage that began runs it and ends, and sends nothing that it kept', async () => {
    await fc.assert(
      fc.asyncProperty(workflows, async ({ plan, fails }) => {
        const failure = { code: 'no', message: 'for good' }
        const { events, started: began } = await runPlan(plan, {
          instead: ({ stage, attempt }) =>
            fails.has(stage) ? { ...base, type: 'attempt_failed', stage, attempt, failure } : undefined,
        })
        const lines = events.map((event) => JSON.stringify(event))
        for (const from of began) {
          const kept = seedJournal(plan, lines, events, from).map((text) => JSON.parse(text) as JournalEvent)
          const { state, started } = goOn(plan, kept)
          expect(started).toContain(from)
          expect(plan.order.filter((id) => !isTerminalStage(stageState(state, id).status))).toEqual([])
          const told = new Set(kept.flatMap((event) => ('stage' in event ? [event.stage] : [])))
          expect(started.filter((id) => told.has(id))).toEqual([])
        }
      }),
      { numRuns: 300 },
    )
  })
})
