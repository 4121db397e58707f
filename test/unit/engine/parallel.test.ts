import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decide } from '#core/engine/decide'
import { EVENT_VERSION, type JournalEvent } from '#core/engine/event'
import { fold } from '#core/engine/fold'
import { stageState, type ExecutionState } from '#core/engine/state'
import type { JsonObject } from '#core/kernel/json'
import { planOf, type StageSketch } from '../../support/plan-of'
import { ACCEPTED_AT, runPlan } from '../../support/run-plan'
import { failing } from './failing'

const fan = (branches: string[][], more: JsonObject = {}): StageSketch => ({
  id: 'fan',
  component: 'parallel',
  config: { branches, ...more },
})

//  fan [ a ─▶ b │ c │ d ] ─▶ after
const three = (more: JsonObject = {}) =>
  planOf([
    fan([['a', 'b'], ['c'], ['d']], more),
    { id: 'a' },
    { id: 'b', depends_on: ['a'] },
    { id: 'c' },
    { id: 'd' },
    { id: 'after', depends_on: ['fan'] },
    { id: 'told', depends_on: ['c'] },
  ])

const succeeded = (stage: string, at: number): JournalEvent => ({
  type: 'stage_succeeded',
  v: EVENT_VERSION,
  at,
  stage,
  attempt: 1,
  input: null,
  output: stage,
})
const failed = (stage: string, at: number): JournalEvent => ({
  type: 'attempt_failed',
  v: EVENT_VERSION,
  at,
  stage,
  attempt: 1,
  input: null,
  failure: { code: `${stage}_failed`, message: 'no' },
})

describe('a parallel', () => {
  it('starts every branch at once and ends after the last of them', async () => {
    const { effects, started, stage, end } = await runPlan(three())
    expect(effects.slice(0, 3).map((effect) => 'stage' in effect && effect.stage)).toEqual(['a', 'c', 'd'])
    expect(started).toEqual(['a', 'c', 'd', 'b', 'after', 'told'])
    expect(stage('fan')).toMatchObject({
      status: 'completed',
      output: { branches: ['b', 'c', 'd'].map((output) => ({ status: 'completed', output })) },
    })
    expect(end.status).toBe('completed')
  })

  it('opens no more branches than it may, in their order', async () => {
    const { started } = await runPlan(three({ max_concurrency: 1 }))
    expect(started.slice(0, 4)).toEqual(['a', 'b', 'c', 'd'])
  })

  it('is skipped with all it contains', async () => {
    const { statuses } = await runPlan(planOf([{ ...fan([['a'], ['b']]), enabled: false }, { id: 'a' }, { id: 'b' }]))
    expect(statuses).toEqual({ fan: 'skipped', a: 'skipped', b: 'skipped' })
  })

  it('ends also when every stage of a branch is skipped', async () => {
    const { stage, end } = await runPlan(planOf([fan([['a'], ['b']]), { id: 'a', enabled: false }, { id: 'b' }]))
    expect(stage('fan').output).toEqual({
      branches: [
        { status: 'completed', output: null },
        { status: 'completed', output: 'b' },
      ],
    })
    expect(end.status).toBe('completed')
  })
})

describe('a parallel that fails fast', () => {
  it('cancels the other branches, opened or not, and fails with the first failure', async () => {
    const { statuses, effects, stage, end } = await runPlan(three({ max_concurrency: 2 }), {
      instead: failing('c'),
      pick: (count) => count - 1,
    })
    expect(statuses).toMatchObject({ a: 'cancelled', b: 'cancelled', c: 'failed', d: 'cancelled', fan: 'failed' })
    expect(statuses).toMatchObject({ after: 'skipped', told: 'skipped' })
    expect(effects).toContainEqual({ type: 'abort_stage', stage: 'a' })
    expect(stage('a').skippedBecause).toBe('branch 2 of fan failed at c')
    expect(stage('fan').output).toEqual({
      branches: [
        { status: 'cancelled', output: null },
        { status: 'failed', output: null, error: expect.objectContaining({ code: 'c_failed', stage: 'c' }) },
        { status: 'cancelled', output: null },
      ],
    })
    expect(end).toMatchObject({ status: 'failed', error: { code: 'c_failed', stage: 'c' } })
  })

  it('is handled by the trycatch around it', async () => {
    const plan = planOf([
      { id: 'guard', component: 'trycatch', config: { try: ['fan'], catch: ['mend'] } },
      fan([['a'], ['b']]),
      { id: 'a' },
      { id: 'b' },
      { id: 'mend' },
    ])
    const { statuses, end } = await runPlan(plan, { instead: failing('a') })
    expect(statuses).toEqual({ guard: 'completed', fan: 'failed', a: 'failed', b: 'cancelled', mend: 'completed' })
    expect(end.status).toBe('completed')
  })

  it('lets the finally of a trycatch in another branch run before it fails', async () => {
    const plan = planOf([
      fan([['a'], ['guard']]),
      { id: 'a' },
      { id: 'guard', component: 'trycatch', config: { try: ['b'], finally: ['tidy'] } },
      { id: 'b' },
      { id: 'tidy' },
    ])
    const { statuses, started } = await runPlan(plan, { instead: failing('a') })
    expect(statuses).toEqual({ fan: 'failed', a: 'failed', guard: 'cancelled', b: 'cancelled', tidy: 'completed' })
    expect(started).toEqual(['a', 'b', 'tidy'])
  })
})

describe('a parallel that collects', () => {
  it('lets the other branches finish, completes, and lists what failed', async () => {
    const { statuses, stage, end } = await runPlan(three({ on_error: 'collect' }), { instead: failing('a') })
    expect(statuses).toMatchObject({ a: 'failed', b: 'skipped', c: 'completed', d: 'completed', fan: 'completed' })
    expect(stage('fan').output).toEqual({
      branches: [
        { status: 'failed', output: null, error: expect.objectContaining({ code: 'a_failed', stage: 'a' }) },
        { status: 'completed', output: 'c' },
        { status: 'completed', output: 'd' },
      ],
    })
    expect(end.status).toBe('completed')
  })

  it('starts nothing more in a failed branch, save what joins always', async () => {
    const plan = planOf([
      fan([['a', 'slow', 'later', 'anyway']], { on_error: 'collect' }),
      { id: 'a' },
      { id: 'slow' },
      { id: 'later', depends_on: ['slow'] },
      { id: 'anyway', depends_on: ['slow'], join: 'always' },
    ])
    const { statuses } = await runPlan(plan, { instead: failing('a') })
    expect(statuses).toMatchObject({ slow: 'completed', later: 'skipped', anyway: 'completed', fan: 'completed' })
  })

  it('opens the next branch when one has failed', async () => {
    const { started } = await runPlan(three({ on_error: 'collect', max_concurrency: 1 }), {
      instead: failing('a', 'c'),
    })
    expect(started).toEqual(['a', 'c', 'd', 'after'])
  })
})

describe('races of branches (F-23)', () => {
  const begin = () => fold(three(), ACCEPTED_AT, [])
  const after = (state: ExecutionState, ...events: JournalEvent[]) =>
    events.reduce((now, event) => decide(now, event).state, state)

  it('a success that arrives after the failure of another branch changes nothing', () => {
    const lost = after(begin(), failed('c', 1), succeeded('a', 1))
    expect(stageState(lost, 'a')).toMatchObject({ status: 'cancelled', output: null })
    expect(lost.status).toBe('failed')
  })

  it('of two failures in the same turn the first one counts', () => {
    const state = after(begin(), failed('d', 1), failed('c', 1))
    expect(state.failure).toMatchObject({ code: 'd_failed', stage: 'd' })
    expect(stageState(state, 'c').status).toBe('cancelled')
  })

  it('whichever order branches end in, the join is the same and starts once', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(['a', 'c', 'd'], { minLength: 3 }), fc.nat({ max: 3 }), (order, late) => {
        const sequence = [...order]
        sequence.splice(Math.max(late, sequence.indexOf('a') + 1), 0, 'b')
        let state = begin()
        const starts: string[] = []
        for (const stage of sequence) {
          const { state: next, effects } = decide(state, succeeded(stage, 1))
          state = next
          starts.push(...effects.flatMap((effect) => (effect.type === 'start_stage' ? [effect.stage] : [])))
        }
        expect(starts.filter((stage) => stage === 'after')).toEqual(['after'])
        expect(stageState(state, 'fan').output).toEqual({
          branches: ['b', 'c', 'd'].map((output) => ({ status: 'completed', output })),
        })
      }),
    )
  })

  it('a cancel in the turn of the last completion: whichever is journaled first has the word', () => {
    const cancel: JournalEvent = { type: 'cancel_requested', v: EVENT_VERSION, at: 2, reason: 'enough', actor: null }
    const almost = after(begin(), succeeded('a', 1), succeeded('b', 1), succeeded('c', 1))
    const cancelled = after(almost, cancel, succeeded('d', 2))
    expect(stageState(cancelled, 'fan').status).toBe('cancelled')
    expect(cancelled.status).toBe('cancelled')
    expect(stageState(after(almost, succeeded('d', 2), cancel), 'fan').status).toBe('completed')
  })
})

describe('branches at once (I9)', () => {
  it('never exceed max_concurrency, whatever ends when and however', async () => {
    const shape = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 8 })
    const fails = fc.array(fc.nat({ max: 7 }), { maxLength: 2 })
    await fc.assert(
      fc.asyncProperty(
        shape,
        fc.integer({ min: 1, max: 4 }),
        fails,
        fc.array(fc.nat(), { minLength: 1 }),
        async (sizes, max_concurrency, broken, picks) => {
          const branches = sizes.map((size, b) => Array.from({ length: size }, (_, i) => `b${b}s${i}`))
          const stages = branches.flatMap((ids) =>
            ids.map((id, i): StageSketch => ({ id, depends_on: i === 0 ? [] : [ids[i - 1] ?? ''] })),
          )
          const plan = planOf([fan(branches, { max_concurrency, on_error: 'collect' }), ...stages])
          let turn = 0
          const { events, statuses } = await runPlan(plan, {
            instead: failing(...broken.map((b) => `b${b}s0`)),
            pick: (count) => (picks[turn++ % picks.length] ?? 0) % count,
          })
          for (let cut = 0; cut <= events.length; cut++) {
            const state = fold(plan, ACCEPTED_AT, events.slice(0, cut))
            const open = branches.filter((ids) => ids.some((id) => stageState(state, id).status === 'running'))
            expect(open.length).toBeLessThanOrEqual(max_concurrency)
          }
          expect(statuses['fan']).toBe('completed')
        },
      ),
      { numRuns: 60 },
    )
  })
})

describe('containers in containers (F-24)', () => {
  it('twenty trycatches deep a failure reaches the outermost catch, through every finally from the inside out', async () => {
    const stages: StageSketch[] = [{ id: 'core' }]
    for (let depth = 1; depth <= 20; depth++) {
      const inside = depth === 1 ? 'core' : `t${depth - 1}`
      const config = { try: [inside], finally: [`f${depth}`], ...(depth === 20 && { catch: ['mend'] }) }
      stages.push({ id: `t${depth}`, component: 'trycatch', config }, { id: `f${depth}` })
    }
    const { started, statuses, end } = await runPlan(planOf([...stages, { id: 'mend' }]), { instead: failing('core') })
    const inside = Array.from({ length: 19 }, (_, i) => `f${i + 1}`)
    expect(started).toEqual(['core', ...inside, 'mend', 'f20'])
    expect(statuses).toMatchObject({ t1: 'failed', t19: 'failed', t20: 'completed' })
    expect(end.status).toBe('completed')
  })

  it('a parallel in a parallel: the failure of an inner branch cancels the outer ones', async () => {
    const plan = planOf([
      fan([['inner'], ['x']]),
      { id: 'inner', component: 'parallel', config: { branches: [['a'], ['b']] } },
      { id: 'a' },
      { id: 'b' },
      { id: 'x' },
    ])
    const { statuses } = await runPlan(plan, { instead: failing('b'), pick: (count) => count - 1 })
    expect(statuses).toEqual({ fan: 'failed', inner: 'failed', a: 'cancelled', b: 'failed', x: 'cancelled' })
  })
})
