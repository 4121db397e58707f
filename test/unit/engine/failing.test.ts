import { describe, expect, it } from 'vitest'
import { planOf } from '../../support/plan-of'
import { runPlan, type SimulatedWorld } from '../../support/run-plan'
import { failing } from './failing'

describe('a failure nobody handles', () => {
  //  boom ─▶ after
  //  slow ─▶ later          report (join: always) depends on after and later
  const plan = planOf([
    { id: 'boom' },
    { id: 'slow' },
    { id: 'after', depends_on: ['boom'] },
    { id: 'later', depends_on: ['slow'] },
    { id: 'report', depends_on: ['after', 'later'], join: 'always' },
    { id: 'epilogue', depends_on: ['report'] },
  ])
  const world: SimulatedWorld = { instead: failing('boom') }

  it('fails the execution and names the stage', async () => {
    const { end } = await runPlan(plan, world)
    expect(end).toMatchObject({ status: 'failed', output: null, error: { code: 'boom_failed', stage: 'boom' } })
  })

  it('lets running stages finish and starts nothing new but what joins always', async () => {
    const { statuses, started } = await runPlan(plan, world)
    expect(statuses).toEqual({
      boom: 'failed',
      slow: 'completed',
      after: 'skipped',
      later: 'skipped',
      report: 'completed',
      epilogue: 'skipped',
    })
    expect(started).toEqual(['boom', 'slow', 'report'])
  })

  it('is the reason given by every stage it kept from running', async () => {
    const { stage } = await runPlan(plan, world)
    expect(stage('later').skippedBecause).toBe('execution failed at boom')
  })

  it('stays the reason of the execution when another stage fails after it', async () => {
    const { end } = await runPlan(plan, { instead: failing('boom', 'slow') })
    expect(end.error).toMatchObject({ stage: 'boom' })
  })
})

describe('on_error: continue', () => {
  it('counts a failed stage as done for whom depends on it', async () => {
    const plan = planOf([
      { id: 'shaky', on_error: 'continue' },
      { id: 'next', depends_on: ['shaky'] },
    ])
    const { statuses, end } = await runPlan(plan, { instead: failing('shaky') })
    expect(statuses).toEqual({ shaky: 'failed', next: 'completed' })
    expect(end).toMatchObject({ status: 'completed', error: null })
  })

  it('leaves its error readable', async () => {
    const plan = planOf([
      { id: 'shaky', on_error: 'continue' },
      {
        id: 'next',
        depends_on: ['shaky'],
        config: { value: '{{ stages.shaky.error.code }}, {{ stages.shaky.status }}' },
      },
    ])
    const { stage } = await runPlan(plan, { instead: failing('shaky') })
    expect(stage('next').output).toBe('shaky_failed, failed')
  })
})

describe('a failed stage', () => {
  it('keeps its last output for later expressions', async () => {
    const plan = planOf([
      { id: 'call', component: 'http_request', on_error: 'continue', config: { url: 'https://api.test/x' } },
      { id: 'next', depends_on: ['call'], config: { value: '{{ stages.call.output.status_code }}' } },
    ])
    const { stage } = await runPlan(plan, { http: () => ({ status: 404 }) })
    expect(stage('next').output).toBe(404)
  })
})
