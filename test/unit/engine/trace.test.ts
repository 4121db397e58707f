import { describe, expect, it } from 'vitest'
import { buildTrace, type TraceSubject } from '#core/engine/trace'
import { planOf } from '../../support/plan-of'
import { ACCEPTED_AT, runPlan } from '../../support/run-plan'
import { failing } from './failing'

const subject: TraceSubject = {
  executionId: 'exec_test',
  status: 'completed',
  version: 'v3',
  acceptedAt: ACCEPTED_AT,
  triggerType: 'webhook',
  input: { id: 7 },
}

describe('a trace', () => {
  const plan = planOf([
    { id: 'fetch', component: 'http_request', config: { url: 'https://api.test/{{ input.id }}' } },
    {
      id: 'log',
      component: 'logger',
      depends_on: ['fetch'],
      config: { message: 'got {{ stages.fetch.output.statusCode }}' },
    },
    { id: 'off', enabled: false },
  ])

  it('says for each stage what went in, what came out, when, how often and why it failed (I13, S54, S55)', async () => {
    const { events } = await runPlan(plan, {
      input: { id: 7 },
      attemptMs: 20,
      http: (_, number) => ({ status: number === 1 ? 503 : 200, text: '{"ok":true}', durationMs: 17 }),
    })
    const trace = buildTrace(plan, subject, events)
    expect(trace).toMatchObject({
      executionId: 'exec_test',
      status: 'completed',
      version: 'v3',
      complete: true,
      truncated: false,
      trigger: { type: 'webhook', input: { id: 7 }, receivedAt: ACCEPTED_AT },
    })
    const output = {
      status_code: 200,
      headers: { 'content-type': 'application/json' },
      body: { ok: true },
      duration_ms: 17,
    }
    expect(trace.stages[0]).toEqual({
      node: 'fetch',
      component: 'http_request',
      address: 'fetch',
      iterations: null,
      parent: null,
      iteration: null,
      status: 'completed',
      startedAt: ACCEPTED_AT,
      endedAt: ACCEPTED_AT + 1_040,
      duration: 1_040,
      input: { url: 'https://api.test/7' },
      output,
      outputRef: null,
      error: null,
      skippedBecause: null,
      logs: [],
      attempts: [
        {
          number: 1,
          startedAt: ACCEPTED_AT,
          endedAt: ACCEPTED_AT + 20,
          duration: 20,
          output: { ...output, status_code: 503 },
          error: expect.objectContaining({ code: 'http_status' }),
        },
        { number: 2, startedAt: ACCEPTED_AT + 1_020, endedAt: ACCEPTED_AT + 1_040, duration: 20, output, error: null },
      ],
      metadata: { requestTime: 17, retries: 1, cached: false },
    })
    expect(trace.stages[1]?.logs).toMatchObject([{ level: 'info', message: 'got 200' }])
    expect(trace.stages[2]).toMatchObject({
      status: 'skipped',
      skippedBecause: 'disabled',
      input: null,
      attempts: [],
      startedAt: null,
    })
  })

  it('needs no stage_started events: a stage then starts when it was allowed to', async () => {
    const run = await runPlan(plan, { input: { id: 7 }, attemptMs: 20, http: () => ({}) })
    const without = run.events.filter((event) => event.type !== 'stage_started')
    expect(buildTrace(plan, subject, without)).toEqual(buildTrace(plan, subject, run.events))
  })

  it('of an execution under way shows the open attempt and is not complete', async () => {
    const run = await runPlan(plan, { input: { id: 7 }, http: () => ({}) })
    const trace = buildTrace(plan, { ...subject, status: 'running' }, run.events.slice(0, 1))
    expect(trace.complete).toBe(false)
    expect(trace.stages[0]).toMatchObject({
      status: 'running',
      attempts: [{ number: 1, startedAt: ACCEPTED_AT, endedAt: null }],
    })
    expect(trace.stages[1]).toMatchObject({ status: 'pending', attempts: [] })
  })

  it('shows containers with their lists and the stages inside with their parent', async () => {
    const guarded = planOf([
      { id: 'inside' },
      { id: 'beside' },
      { id: 'guard', component: 'trycatch', config: { try: ['inside', 'beside'], catch: ['mend'] } },
      { id: 'mend' },
    ])
    const { events } = await runPlan(guarded, { instead: failing('inside'), attemptMs: 5 })
    const stages = buildTrace(guarded, subject, events).stages
    expect(stages.map(({ node, parent, status }) => [node, parent, status])).toEqual([
      ['inside', 'guard', 'failed'],
      ['beside', 'guard', 'cancelled'],
      ['guard', null, 'completed'],
      ['mend', 'guard', 'completed'],
    ])
    expect(stages[2]).toMatchObject({
      input: { try: ['inside', 'beside'], catch: ['mend'] },
      output: { failed: true },
      attempts: [],
    })
    expect(stages[1]).toMatchObject({ skippedBecause: 'try failed at inside', attempts: [{ number: 1, error: null }] })
  })

  it('of an execution that has not begun shows no stage at work, nor a container', () => {
    const first = planOf([
      { id: 'guard', component: 'trycatch', config: { try: ['inside'] } },
      { id: 'inside' },
      { id: 'alone' },
    ])
    const of = (status: 'pending' | 'running') =>
      buildTrace(first, { ...subject, status }, []).stages.map((stage) => stage.status)
    expect(of('running')).toEqual(['running', 'running', 'running'])
    expect(of('pending')).toEqual(['pending', 'pending', 'pending'])
    const [guard] = buildTrace(first, { ...subject, status: 'pending' }, []).stages
    expect(guard).toMatchObject({ startedAt: null, input: null, attempts: [] })
  })

  it('of a retry that has not begun keeps what the retry took over', () => {
    const kept = {
      v: 1,
      type: 'stage_succeeded',
      stage: 'fetch',
      attempt: 1,
      at: 7,
      input: null,
      output: null,
    } as const
    const { stages } = buildTrace(plan, { ...subject, status: 'pending' }, [kept])
    expect(stages.map(({ status }) => status)).toEqual(['completed', 'pending', 'skipped'])
  })
})
