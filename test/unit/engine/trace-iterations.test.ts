import { describe, expect, it } from 'vitest'
import type { Plan } from '#core/definition/plan'
import { buildTrace, type Trace } from '#core/engine/trace'
import type { Json, JsonObject } from '#core/kernel/json'
import { planOf, type StageSketch } from '../../support/plan-of'
import { ACCEPTED_AT, runPlan, type SimulatedRun, type SimulatedWorld } from '../../support/run-plan'
import { failing } from './failing'

function traceOf(plan: Plan, run: Pick<SimulatedRun, 'events' | 'state'>): Trace {
  const { status } = run.state
  const subject = { executionId: 'exec_test', version: 'v1', acceptedAt: ACCEPTED_AT, triggerType: 'manual', input: {} }
  return buildTrace(plan, { ...subject, status: status === 'live' ? 'running' : status }, run.events)
}

const each = (ids: string[], more: JsonObject = {}): StageSketch => ({
  id: 'each',
  component: 'foreach',
  config: { items: '{{ input.list }}', do: ids, ...more },
})
const list = (length: number) => ({ list: Array.from({ length }, (_, i) => i) })
const fault = { code: 'no', message: 'no' }

async function traceRun(plan: Plan, world: SimulatedWorld): Promise<Trace> {
  return traceOf(plan, await runPlan(plan, world))
}
const stageAt = (trace: Trace, address: string) => trace.stages.find((stage) => stage.address === address)

describe('the trace of a foreach', () => {
  const guarded = planOf([
    each(['guard'], { on_error: 'collect' }),
    { id: 'guard', component: 'trycatch', config: { try: ['a'], finally: ['b'] } },
    { id: 'a', config: { value: '{{ item }}' } },
    { id: 'b' },
  ])

  it('says for each item what its stages did, where they ran and for which item (I13)', async () => {
    const trace = await traceRun(guarded, { input: list(2), attemptMs: 10, instead: failing('each[1]/a') })
    expect(trace.stages.map(({ address, parent, iteration, status }) => [address, parent, iteration, status])).toEqual([
      ['each', null, null, 'completed'],
      ['each[0]/guard', 'each', 0, 'completed'],
      ['each[0]/a', 'guard', 0, 'completed'],
      ['each[0]/b', 'guard', 0, 'completed'],
      ['each[1]/guard', 'each', 1, 'failed'],
      ['each[1]/a', 'guard', 1, 'failed'],
      ['each[1]/b', 'guard', 1, 'completed'],
    ])
    expect(stageAt(trace, 'each[0]/a')).toMatchObject({ node: 'a', input: { value: 0 }, output: 0, duration: 10 })
    expect(stageAt(trace, 'each[1]/a')).toMatchObject({ error: { code: 'each[1]/a_failed' } })
    expect(stageAt(trace, 'each[1]/a')?.attempts).toHaveLength(1)
    expect(trace.truncated).toBe(false)
  })

  it('shows the items it was given, and how many came to what', async () => {
    const trace = await traceRun(guarded, { input: list(3), instead: failing('each[1]/a') })
    expect(stageAt(trace, 'each')).toMatchObject({
      input: { items: [0, 1, 2], do: ['guard'], on_error: 'collect' },
      iterations: { total: 3, ended: 3, failed: 1, shown: 3 },
      attempts: [],
      output: { results: [{ failed: false }, null, { failed: false }], errors: [{ index: 1 }] },
    })
  })

  it('says of nested ones the innermost item, and the way to it in the address', async () => {
    const plan = planOf([
      each(['inner']),
      { id: 'inner', component: 'foreach', config: { items: [7, 8], do: ['a'] } },
      { id: 'a', config: { value: '{{ item }}' } },
    ])
    const trace = await traceRun(plan, { input: list(2) })
    expect(stageAt(trace, 'each[1]/inner[0]/a')).toMatchObject({ parent: 'inner', iteration: 0, output: 7 })
    expect(stageAt(trace, 'each[1]/inner')).toMatchObject({ parent: 'each', iteration: 1, iterations: { total: 2 } })
  })

  it('shows iterations that are still at work', async () => {
    const plan = planOf([each(['a'], { max_concurrency: 2 }), { id: 'a' }])
    const { events } = await runPlan(plan, { input: list(3) })
    const cut = events.findIndex((event) => event.type === 'stage_succeeded') + 1
    const trace = buildTrace(
      plan,
      { executionId: 'e', version: 'v', acceptedAt: 0, triggerType: 'manual', input: {}, status: 'running' },
      events.slice(0, cut),
    )
    expect(stageAt(trace, 'each')?.iterations).toEqual({ total: 3, ended: 1, failed: 0, shown: 3 })
    expect(trace.stages.map(({ status }) => status)).toEqual(['running', 'completed', 'running', 'running'])
  })

  it('says that iterations under way were cancelled with the execution', async () => {
    const plan = planOf([each(['a']), { id: 'a' }])
    const interrupt: SimulatedWorld['interrupt'] = (_state, step, at) =>
      step === 2 ? { type: 'cancel_requested', v: 1, at, reason: 'enough', actor: null } : undefined
    const trace = await traceRun(plan, { input: list(2), interrupt })
    expect(trace.stages.map(({ address, status }) => `${address} ${status}`)).toEqual([
      'each cancelled',
      'each[0]/a completed',
      'each[1]/a cancelled',
    ])
  })
})

describe('the trace of ten thousand items', () => {
  it('shows a thousand stages of them, those that failed first, and says that it does not show all', () => {
    const plan = planOf([each(['a', 'b'], { on_error: 'collect' }), { id: 'a' }, { id: 'b' }])
    const items: Json[] = list(10_000).list
    const base = { v: 1, at: ACCEPTED_AT, attempt: 1, input: null }
    const events = [
      { ...base, type: 'stage_opened' as const, stage: 'each', startedAt: ACCEPTED_AT, items },
      ...items.flatMap((_, i) => [
        i === 9_000
          ? { ...base, type: 'attempt_failed' as const, stage: `each[${i}]/a`, failure: fault }
          : { ...base, type: 'stage_succeeded' as const, stage: `each[${i}]/a`, output: i },
        { ...base, type: 'stage_succeeded' as const, stage: `each[${i}]/b`, output: i },
      ]),
    ]
    const trace = traceOf(plan, { events, state: { status: 'completed' } as SimulatedRun['state'] })
    expect(trace.stages).toHaveLength(1_001)
    expect(stageAt(trace, 'each')?.iterations).toEqual({ total: 10_000, ended: 10_000, failed: 1, shown: 500 })
    expect(stageAt(trace, 'each[9000]/a')?.status).toBe('failed')
    expect(stageAt(trace, 'each[498]/b')?.status).toBe('completed')
    expect(stageAt(trace, 'each[499]/a')).toBeUndefined()
    expect(trace.truncated).toBe(true)
  })
})
