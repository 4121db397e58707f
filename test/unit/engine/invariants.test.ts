import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Plan } from '#core/definition/plan'
import { containerPart } from '#core/engine/containers/container-part'
import { decide } from '#core/engine/decide'
import { EVENT_VERSION, type ExecutionEvent, type JournalEvent } from '#core/engine/event'
import { fold } from '#core/engine/fold'
import { initialState, stageState, type ExecutionState } from '#core/engine/state'
import { isTerminalStage } from '#core/model/stage-status'
import { planOf, type StageSketch } from '../../support/plan-of'
import { ACCEPTED_AT, runPlan, type SimulatedRun, type SimulatedWorld } from '../../support/run-plan'

const RUNS = 150

/** A random graph: stages depend on earlier ones; some are branches, some sit in a trycatch or a parallel, some are disabled. */
const sketches: fc.Arbitrary<readonly StageSketch[]> = fc
  .array(
    fc.record({
      depends: fc.array(fc.nat(), { maxLength: 3 }),
      join: fc.constantFrom('all', 'any', 'always'),
      on_error: fc.constantFrom('fail', 'fail', 'continue'),
      enabled: fc.constantFrom(true, true, true, true, false),
      home: fc.constantFrom('root', 'root', 'try', 'catch', 'finally', 'inner', 'chosen', 'refused', 'left', 'right'),
    }),
    { minLength: 1, maxLength: 10 },
  )
  .map((seeds) => {
    const homes = seeds.map(({ home }) => home)
    const at = (wanted: string) => homes.flatMap((home, i) => (home === wanted ? [`s${i}`] : []))
    const tried = at('try')
    const inner = at('inner')
    const branch = [...at('chosen'), ...at('refused')].length > 0
    const stages: StageSketch[] = seeds.map(({ depends, join, on_error, enabled, home }, i) => {
      const earlier = homes.flatMap((other, j) => (j < i && other === home ? [`s${j}`] : []))
      const outside = home === 'root' ? homes.flatMap((_, j) => (j < i ? [`s${j}`] : [])) : earlier
      const depends_on = outside.length === 0 ? [] : [...new Set(depends.map((n) => outside[n % outside.length] ?? ''))]
      return { id: `s${i}`, depends_on, join, on_error, enabled } as StageSketch
    })
    if (inner.length > 0) {
      stages.push({
        id: 'inner',
        component: 'trycatch',
        config: { try: inner.slice(0, 2), catch: [], finally: inner.slice(2) },
      })
    }
    const sides = [at('left'), at('right')].filter((side) => side.length > 0)
    if (sides.length > 0) {
      const on_error = seeds[0]?.join === 'any' ? 'collect' : 'fail_fast'
      const max_concurrency = seeds.length % 2 === 0 ? 1 : 2
      stages.push({ id: 'fan', component: 'parallel', config: { branches: sides, on_error, max_concurrency } })
      if (seeds[0]?.join === 'always') tried.push('fan')
    }
    const outerTry = [...tried, ...(inner.length > 0 ? ['inner'] : [])]
    if (outerTry.length > 0 || at('catch').length > 0 || at('finally').length > 0) {
      stages.push({
        id: 'outer',
        component: 'trycatch',
        config: { try: outerTry, catch: at('catch'), finally: at('finally') },
      })
    }
    if (branch) {
      const config = { condition: true, if_true: at('chosen'), if_false: at('refused') }
      stages.push({ id: 'branch', component: 'conditional', config })
    }
    return stages
  })

/** How a world treats the attempts of a run: which fail, wait or are tried again, which end first, when it is stopped. */
const fate = fc.record({
  fails: fc.array(fc.nat({ max: 9 }), { maxLength: 4 }),
  retries: fc.array(fc.nat({ max: 9 }), { maxLength: 2 }),
  waits: fc.array(fc.nat({ max: 9 }), { maxLength: 2 }),
  picks: fc.array(fc.nat(), { minLength: 1, maxLength: 20 }),
})

type Fate = typeof fate extends fc.Arbitrary<infer T> ? T : never

function worldOf({ fails, retries, waits, picks }: Fate): SimulatedWorld {
  let picked = 0
  const among = (list: readonly number[], stage: string) => list.some((n) => stage === `s${n}`)
  return {
    pick: (count) => (picks[picked++ % picks.length] ?? 0) % count,
    instead: ({ stage, attempt }, state, at) => {
      const base = { v: EVENT_VERSION, at, stage, attempt, input: null }
      if (among(waits, stage) && stageState(state, stage).waitingSince === null && attempt === 1) {
        return { ...base, type: 'stage_waiting', until: at + 1_000 }
      }
      if (among(retries, stage) && attempt === 1) {
        return { ...base, type: 'attempt_failed', failure: { code: 'again', message: 'once more' }, retryAt: at + 500 }
      }
      if (!among(fails, stage)) return undefined
      return { ...base, type: 'attempt_failed', failure: { code: 'no', message: 'for good' } }
    },
  }
}

const stop = fc.record({
  step: fc.nat({ max: 15 }),
  type: fc.constantFrom('cancel_requested', 'deadline_passed', 'execution_failed'),
})

function stopping(type: 'cancel_requested' | 'deadline_passed' | 'execution_failed', at: number): JournalEvent {
  if (type === 'cancel_requested') return { type, v: EVENT_VERSION, at, reason: 'enough', actor: null }
  if (type === 'execution_failed')
    return { type, v: EVENT_VERSION, at, failure: { code: 'poisoned', message: 'three times' } }
  return { type, v: EVENT_VERSION, at }
}

/** States after each event of a journal, the first one after acceptance. */
function history(plan: Plan, events: readonly JournalEvent[]): ExecutionState[] {
  const states = [decide(initialState(plan), { type: 'execution_accepted', v: EVENT_VERSION, at: ACCEPTED_AT }).state]
  for (const event of events) states.push(decide(states.at(-1)!, event).state)
  return states
}

const starts = (run: SimulatedRun) => run.events.filter((event) => event.type === 'stage_started')

describe('over random graphs with random failures', () => {
  it('every execution ends with every stage terminal (I2)', async () => {
    await fc.assert(
      fc.asyncProperty(sketches, fate, async (stages, world) => {
        const run = await runPlan(planOf(stages), worldOf(world))
        expect(Object.values(run.statuses).filter((status) => !isTerminalStage(status as never))).toEqual([])
        expect(run.effects.filter(({ type }) => type === 'finish')).toHaveLength(1)
      }),
      { numRuns: RUNS },
    )
  })

  it('the fold of every prefix of the journal equals the state that wrote it (I3)', async () => {
    await fc.assert(
      fc.asyncProperty(sketches, fate, async (stages, world) => {
        const plan = planOf(stages)
        const run = await runPlan(plan, worldOf(world))
        const states = history(plan, run.events)
        expect(states.at(-1)).toEqual(run.state)
        states.forEach((state, count) => {
          expect(fold(plan, ACCEPTED_AT, run.events.slice(0, count))).toEqual(state)
          expect(state.events).toBe(count)
        })
      }),
      { numRuns: RUNS },
    )
  })

  it('the counters agree with the stages', async () => {
    await fc.assert(
      fc.asyncProperty(sketches, fate, async (stages, world) => {
        const plan = planOf(stages)
        const run = await runPlan(plan, worldOf(world))
        for (const state of history(plan, run.events)) {
          const tasks = plan.order.filter((id) => plan.stages.get(id)?.component.kind !== 'container')
          const active = tasks.filter((id) => ['running', 'waiting'].includes(stageState(state, id).status))
          expect(state.active).toBe(active.length)
          expect(state.rootOpen).toBe(plan.root.filter((id) => !isTerminalStage(stageState(state, id).status)).length)
        }
      }),
      { numRuns: RUNS },
    )
  })

  it('a stage starts only when what it waits for is terminal, and no attempt starts twice (I6)', async () => {
    await fc.assert(
      fc.asyncProperty(sketches, fate, async (stages, world) => {
        const plan = planOf(stages)
        const run = await runPlan(plan, worldOf(world))
        const states = history(plan, run.events)
        run.events.forEach((event, index) => {
          if (event.type !== 'stage_started') return
          const before = states[index]!
          const { dependsOn, chooser, container } = plan.stages.get(event.stage)!
          for (const { waitsFor } of dependsOn) expect(isTerminalStage(stageState(before, waitsFor).status)).toBe(true)
          if (chooser !== null) expect(stageState(before, chooser.id).status).toBe('completed')
          if (container !== null) {
            const owner = plan.stages.get(container.id)!
            expect(containerPart(owner).isOpen(stageState(before, container.id), container.list)).toBe(true)
          }
        })
        const waited = new Set(run.events.flatMap((event) => (event.type === 'stage_waiting' ? [event.stage] : [])))
        const keys = starts(run).map(({ stage, attempt }) => `${stage}/${attempt}`)
        const repeated = keys.filter((key, i) => keys.indexOf(key) !== i)
        expect(repeated.filter((key) => !waited.has(key.slice(0, key.indexOf('/'))))).toEqual([])
      }),
      { numRuns: RUNS },
    )
  })

  it('the finally of every trycatch that started and was not stopped with the execution has run its stages (I6)', async () => {
    await fc.assert(
      fc.asyncProperty(sketches, fate, async (stages, world) => {
        const plan = planOf(stages)
        const run = await runPlan(plan, worldOf(world))
        for (const { id, lists } of plan.stages.values()) {
          if (run.stage(id).container?.kind !== 'trycatch') continue
          const [first] = lists.find(({ list }) => list === 'finally')?.ids ?? []
          const isFree =
            first !== undefined && plan.stages.get(first)?.enabled && plan.stages.get(first)?.dependsOn.length === 0
          if (isFree) expect(run.started).toContain(first)
        }
      }),
      { numRuns: RUNS },
    )
  })

  it('after a cancel, a deadline or a fatal failure nothing starts, and the word stays (I11, I14)', async () => {
    await fc.assert(
      fc.asyncProperty(sketches, fate, stop, async (stages, world, { step, type }) => {
        const plan = planOf(stages)
        const interrupt: SimulatedWorld['interrupt'] = (_state, now, at) =>
          now === step ? stopping(type, at) : undefined
        const run = await runPlan(plan, { ...worldOf(world), interrupt })
        const cutAt = run.events.findIndex((event) => event.type === type)
        if (cutAt < 0) return
        const before = history(plan, run.events)[cutAt]!
        const { state, effects } = decide(before, run.events[cutAt]!)
        const word = { cancel_requested: 'cancelled', deadline_passed: 'timed_out', execution_failed: 'failed' }[type]
        expect(state.status).toBe(word)
        const running = plan.order.filter(
          (id) => stageState(before, id).status === 'running' && plan.stages.get(id)?.component.kind !== 'container',
        )
        expect(effects.map((effect) => effect.type)).toEqual([...running.map(() => 'abort_stage'), 'finish'])
        expect(run.events.slice(cutAt + 1)).toEqual([])
        const resumed = decide(state, { type: 'resumed', v: EVENT_VERSION, at: state.endedAt ?? 0 })
        expect(resumed.effects).toEqual([expect.objectContaining({ type: 'finish', status: word })])
      }),
      { numRuns: RUNS },
    )
  })

  it('a new runner that resumes at any point ends with the same words', async () => {
    await fc.assert(
      fc.asyncProperty(sketches, fate, fc.nat(), async (stages, world, cut) => {
        const plan = planOf(stages)
        const run = await runPlan(plan, worldOf(world))
        const events = run.events.slice(0, cut % (run.events.length + 1))
        const folded = fold(plan, ACCEPTED_AT, events)
        const { state, effects } = decide(folded, { type: 'resumed', v: EVENT_VERSION, at: ACCEPTED_AT })
        expect(state).toEqual(folded)
        const owed = plan.order.filter((id) => {
          const isTask = plan.stages.get(id)?.component.kind !== 'container'
          return isTask && ['running', 'waiting'].includes(stageState(folded, id).status)
        })
        const asked = effects.flatMap((effect) => ('stage' in effect ? [effect.stage] : []))
        expect(asked).toEqual(owed)
        expect(effects.some(({ type }) => type === 'finish')).toBe(folded.status !== 'live')
      }),
      { numRuns: RUNS },
    )
  })
})

describe('decide', () => {
  const anyEvent: fc.Arbitrary<ExecutionEvent> = fc
    .record({
      type: fc.constantFrom(
        'execution_accepted',
        'resumed',
        'stage_started',
        'stage_succeeded',
        'attempt_failed',
        'stage_waiting',
        'timer_fired',
        'cancel_requested',
        'deadline_passed',
        'execution_failed',
      ),
      v: fc.constant(EVENT_VERSION),
      at: fc.nat(),
      stage: fc.constantFrom('s0', 's1', 's2', 'outer', 'inner', 'branch', 'fan', 'nobody', '__proto__'),
      attempt: fc.nat({ max: 3 }),
      input: fc.constant(null),
      output: fc.jsonValue(),
      until: fc.nat(),
      retryAt: fc.option(fc.nat(), { nil: undefined }),
      reason: fc.constant('why'),
      actor: fc.constant(null),
      failure: fc.constant({ code: 'c', message: 'm' }),
    })
    .map((event) => event as unknown as ExecutionEvent)

  it('is total: any event in any state has an answer, and a terminal state is never overwritten (I11)', () => {
    fc.assert(
      fc.property(sketches, fc.array(anyEvent, { maxLength: 40 }), (stages, events) => {
        const plan = planOf(stages)
        let state = initialState(plan)
        for (const event of events) {
          const { state: next, effects } = decide(state, event)
          if (state.status !== 'live') {
            expect({ ...next, events: 0 }).toEqual({ ...state, events: 0 })
            expect(effects.every(({ type }) => type === 'finish')).toBe(true)
          }
          state = next
        }
      }),
      { numRuns: 300 },
    )
  })

  it('leaves the state it was given as it was', async () => {
    await fc.assert(
      fc.asyncProperty(sketches, fate, async (stages, world) => {
        const plan = planOf(stages)
        const run = await runPlan(plan, worldOf(world))
        let state = Object.freeze(initialState(plan))
        for (const event of [{ type: 'execution_accepted', v: EVENT_VERSION, at: 1 } as const, ...run.events]) {
          Object.freeze(state.stages).forEach((stage) => Object.freeze(stage))
          state = Object.freeze(decide(state, event).state)
        }
        expect(state.status).not.toBe('live')
      }),
      { numRuns: 30 },
    )
  })
})
