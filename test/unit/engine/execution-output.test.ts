import { describe, expect, it } from 'vitest'
import { planOf, type StageSketch } from '../../support/plan-of'
import { runPlan } from '../../support/run-plan'
import { failing } from './failing'

const branch: StageSketch = {
  id: 'pick',
  component: 'conditional',
  config: { condition: '{{ input.yes }}', if_true: ['yes'], if_false: ['no'] },
}

describe('the output of an execution', () => {
  it('is evaluated also when branches were skipped: what they would have given is null', async () => {
    const output = {
      yes: '{{ stages.yes.output }}',
      no: '{{ stages.no.output.deep[0].field }}',
      status: '{{ stages.no.status }}',
    }
    const { end } = await runPlan(planOf([branch, { id: 'yes' }, { id: 'no' }], output), { input: { yes: true } })
    expect(end).toMatchObject({ status: 'completed', output: { yes: 'yes', no: null, status: 'skipped' }, error: null })
  })

  it('knows how long the execution took and how many stages completed (S151, S154)', async () => {
    const output = {
      ms: '{{ execution.duration }}',
      stages: '{{ execution.stages_completed }}',
      id: '{{ execution.id }}',
    }
    const { end } = await runPlan(planOf([{ id: 'a' }, { id: 'b', depends_on: ['a'] }], output), { attemptMs: 40 })
    expect(end.output).toEqual({ ms: 80, stages: 2, id: 'exec_test' })
  })

  it('that has no value fails the execution with output_failed', async () => {
    const { end } = await runPlan(planOf([{ id: 'a' }], 'Dear {{ input.name }}'))
    expect(end).toMatchObject({
      status: 'failed',
      output: null,
      error: { code: 'output_failed', details: { reason: 'null_in_text' } },
    })
  })

  it('of a failed execution is null beside its error', async () => {
    const { end } = await runPlan(planOf([{ id: 'a' }], 'text'), { instead: failing('a') })
    expect(end).toMatchObject({ status: 'failed', output: null, error: { stage: 'a' } })
  })

  it('masks secrets', async () => {
    const { end } = await runPlan(planOf([{ id: 'a' }], '{{ secrets.TOKEN }}'), { secrets: { TOKEN: 'tok-123456' } })
    expect(end.output).toBe('[secret TOKEN]')
  })

  it('is that of the last completed leaf when the document names none', async () => {
    //  first ─▶ left
    //        └▶ right
    const plan = planOf([
      { id: 'first' },
      { id: 'left', depends_on: ['first'] },
      { id: 'right', depends_on: ['first'] },
    ])
    expect((await runPlan(plan, { attemptMs: 5 })).end.output).toBe('right')
    expect((await runPlan(plan, { attemptMs: 5, pick: (count) => count - 1 })).end.output).toBe('left')
    expect((await runPlan(plan)).end.output).toBe('right')
  })

  it('is that of the last completed stage when every leaf was skipped', async () => {
    const plan = planOf([
      { id: 'first' },
      { id: 'second', depends_on: ['first'], enabled: false },
      { id: 'third', depends_on: ['second'] },
    ])
    expect((await runPlan(plan)).end.output).toBe('first')
  })
})
