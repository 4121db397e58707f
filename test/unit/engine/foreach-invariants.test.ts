import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decide } from '#core/engine/decide'
import { EVENT_VERSION, type JournalEvent } from '#core/engine/event'
import { fold } from '#core/engine/fold'
import { PENDING, stageState, type ExecutionState } from '#core/engine/state'
import { isTerminalStage } from '#core/model/stage-status'
import { planOf, type StageSketch } from '../../support/plan-of'
import { ACCEPTED_AT, runPlan, type SimulatedWorld } from '../../support/run-plan'

const RUNS = 120

/** each [ a ─▶ inner [ x ] · guard [ try b · finally c ] ] ─▶ after */
const loops = fc.record({
  outer: fc.integer({ min: 0, max: 6 }),
  inner: fc.integer({ min: 0, max: 4 }),
  atOnce: fc.integer({ min: 1, max: 4 }),
  innerAtOnce: fc.integer({ min: 1, max: 3 }),
  on_error: fc.constantFrom('fail_fast', 'collect'),
  innerError: fc.constantFrom('fail_fast', 'collect'),
})

type Loops = typeof loops extends fc.Arbitrary<infer T> ? T : never

function sketch({ outer, inner, atOnce, innerAtOnce, on_error, innerError }: Loops): readonly StageSketch[] {
  const items = (count: number) => Array.from({ length: count }, (_, i) => i)
  return [
    {
      id: 'each',
      component: 'foreach',
      config: { items: items(outer), do: ['a', 'inner', 'guard'], max_concurrency: atOnce, on_error },
    },
    { id: 'a' },
    {
      id: 'inner',
      component: 'foreach',
      depends_on: ['a'],
      config: { items: items(inner), do: ['x'], max_concurrency: innerAtOnce, on_error: innerError },
    },
    { id: 'x' },
    { id: 'guard', component: 'trycatch', config: { try: ['b'], finally: ['c'] } },
    { id: 'b' },
    { id: 'c' },
    { id: 'after', depends_on: ['each'], join: 'always' },
  ]
}

const fate = fc.record({
  fails: fc.array(fc.nat({ max: 40 }), { maxLength: 3 }),
  waits: fc.array(fc.nat({ max: 40 }), { maxLength: 3 }),
  picks: fc.array(fc.nat(), { minLength: 1, maxLength: 20 }),
  cancelAt: fc.option(fc.nat({ max: 60 }), { freq: 3 }),
})

type Fate = typeof fate extends fc.Arbitrary<infer T> ? T : never

/** The stages that start as the n-th, for chosen n, fail or wait. */
function worldOf({ fails, waits, picks, cancelAt }: Fate): SimulatedWorld {
  let picked = 0
  let started = 0
  return {
    pick: (count) => (picks[picked++ % picks.length] ?? 0) % count,
    instead: ({ stage, attempt }, state, at) => {
      const base = { v: EVENT_VERSION, at, stage, attempt, input: null }
      const turn = started++
      if (waits.includes(turn) && stageState(state, stage).waitingSince === null && !/each$|inner$/.test(stage))
        return { ...base, type: 'stage_waiting', until: at + 1_000 }
      if (fails.includes(turn)) return { ...base, type: 'attempt_failed', failure: { code: 'no', message: 'for good' } }
      return undefined
    },
    interrupt: (_state, step, at) =>
      step === cancelAt ? { type: 'cancel_requested', v: EVENT_VERSION, at, reason: 'enough', actor: null } : undefined,
  }
}

/** Every stage that is no container at work, by address. */
function tasksOf(state: ExecutionState, prefix = ''): { address: string; status: string }[] {
  return state.plan.order.flatMap((id, order) => {
    const { status, container } = state.stages[order] ?? PENDING
    if (container?.kind !== 'foreach') return container === null ? [{ address: prefix + id, status }] : []
    return [...container.open].flatMap(([index, inner]) => tasksOf(inner, `${prefix}${id}[${index}]/`))
  })
}

const activeIn = (state: ExecutionState) =>
  tasksOf(state).filter(({ status }) => status === 'running' || status === 'waiting')

function eachState(check: (state: ExecutionState, count: number, events: readonly JournalEvent[]) => void) {
  return fc.assert(
    fc.asyncProperty(loops, fate, async (shape, world) => {
      const plan = planOf(sketch(shape))
      const { events } = await runPlan(plan, worldOf(world))
      for (let count = 0; count <= events.length; count++)
        check(fold(plan, ACCEPTED_AT, events.slice(0, count)), count, events)
    }),
    { numRuns: RUNS },
  )
}

describe('over random foreach loops with random failures, waits and cancels', () => {
  it('every execution ends with every stage terminal (I2)', async () => {
    await fc.assert(
      fc.asyncProperty(loops, fate, async (shape, world) => {
        const run = await runPlan(planOf(sketch(shape)), worldOf(world))
        expect(Object.values(run.statuses).every((status) => isTerminalStage(status as never))).toBe(true)
        expect(run.effects.filter(({ type }) => type === 'finish')).toHaveLength(1)
      }),
      { numRuns: RUNS },
    )
  })

  it('the state of every event is the fold of the journal up to it (I3)', async () => {
    await eachState((state, count, events) => {
      const event = events[count]
      if (event === undefined) return
      const next = decide(state, event).state
      expect(next).toEqual(fold(state.plan, ACCEPTED_AT, events.slice(0, count + 1)))
      expect(next.events).toBe(count + 1)
    })
  })

  it('what is active is what runs or waits, in iterations too', async () => {
    await eachState((state) => expect(state.active).toBe(activeIn(state).length))
  })

  it('no more iterations are at work than may be (I9)', async () => {
    await fc.assert(
      fc.asyncProperty(loops, fate, async (shape, world) => {
        const plan = planOf(sketch(shape))
        const { events } = await runPlan(plan, worldOf(world))
        for (let count = 0; count <= events.length; count++) {
          const outer = stageState(fold(plan, ACCEPTED_AT, events.slice(0, count)), 'each').container
          if (outer?.kind !== 'foreach') continue
          expect(outer.open.size).toBeLessThanOrEqual(shape.atOnce)
          for (const iteration of outer.open.values()) {
            const inner = stageState(iteration, 'inner').container
            if (inner?.kind === 'foreach') expect(inner.open.size).toBeLessThanOrEqual(shape.innerAtOnce)
          }
        }
      }),
      { numRuns: RUNS },
    )
  })

  it('a new runner is asked for exactly what is under way', async () => {
    await eachState((state) => {
      const { effects } = decide(state, { type: 'resumed', v: EVENT_VERSION, at: ACCEPTED_AT })
      const asked = effects.flatMap((effect) => ('stage' in effect ? [effect.stage] : []))
      expect(asked.toSorted()).toEqual(
        activeIn(state)
          .map(({ address }) => address)
          .toSorted(),
      )
    })
  })

  it('no attempt of any iteration starts twice, and none after a cancel (I6, I14)', async () => {
    await fc.assert(
      fc.asyncProperty(loops, fate, async (shape, world) => {
        const { events, started } = await runPlan(planOf(sketch(shape)), worldOf(world))
        const waited = new Set(events.flatMap((event) => (event.type === 'stage_waiting' ? [event.stage] : [])))
        const once = started.filter((stage) => !waited.has(stage))
        expect(new Set(once).size).toBe(once.length)
        const cancelledAt = events.findIndex(({ type }) => type === 'cancel_requested')
        if (cancelledAt >= 0) expect(events.slice(cancelledAt + 1)).toEqual([])
      }),
      { numRuns: RUNS },
    )
  })

  it('the finally of every iteration that began its trycatch runs once, unless the execution was cancelled (I6)', async () => {
    await fc.assert(
      fc.asyncProperty(loops, fate, async (shape, world) => {
        const { started } = await runPlan(planOf(sketch(shape)), worldOf({ ...world, cancelAt: null }))
        const guarded = started.filter((stage) => stage.endsWith('/b')).map((stage) => stage.replace(/b$/, 'c'))
        for (const stage of guarded) expect(started.filter((other) => other === stage).length).toBeGreaterThan(0)
      }),
      { numRuns: RUNS },
    )
  })
})
