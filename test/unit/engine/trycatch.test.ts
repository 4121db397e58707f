import { describe, expect, it } from 'vitest'
import { planOf, type StageSketch } from '../../support/plan-of'
import { runPlan } from '../../support/run-plan'
import { failing } from './failing'

const guard = (
  id: string,
  lists: { try: string[]; catch?: string[]; finally?: string[] },
  rest: Partial<StageSketch> = {},
) => ({
  id,
  component: 'trycatch',
  config: lists,
  ...rest,
})

//  deploy [ try: push ─▶ check · catch: rollback · finally: note ] ─▶ announce
//                 └────────────▶ tell (depends on check from outside)
const deployment = planOf([
  guard('deploy', { try: ['push', 'check', 'warm'], catch: ['rollback'], finally: ['note'] }),
  { id: 'push' },
  { id: 'check', depends_on: ['push'] },
  { id: 'warm', depends_on: ['push'] },
  { id: 'rollback' },
  { id: 'note' },
  { id: 'announce', depends_on: ['deploy'] },
  { id: 'tell', depends_on: ['check'] },
])

describe('a trycatch whose try succeeds', () => {
  it('runs try, then finally, and skips catch (S140)', async () => {
    const { started, stage, end } = await runPlan(deployment)
    expect(started).toEqual(['push', 'check', 'warm', 'note', 'announce', 'tell'])
    expect(stage('rollback')).toMatchObject({ status: 'skipped', skippedBecause: 'not needed: try succeeded' })
    expect(stage('deploy')).toMatchObject({ status: 'completed', output: { failed: false } })
    expect(end.status).toBe('completed')
  })
})

describe('a trycatch whose try fails', () => {
  it('runs catch, then finally, and the execution completes', async () => {
    const { started, stage, end } = await runPlan(deployment, { instead: failing('check') })
    expect(started).toEqual(['push', 'check', 'warm', 'rollback', 'note', 'announce'])
    expect(stage('deploy')).toMatchObject({
      status: 'completed',
      output: { failed: true, error: { code: 'check_failed', stage: 'check' } },
    })
    expect(end).toMatchObject({ status: 'completed', error: null })
  })

  it('aborts what runs in try and cancels what is pending', async () => {
    const { statuses, effects, stage } = await runPlan(deployment, { instead: failing('check') })
    expect(statuses).toMatchObject({ warm: 'cancelled', check: 'failed' })
    expect(effects).toContainEqual({ type: 'abort_stage', stage: 'warm' })
    expect(stage('warm').skippedBecause).toBe('try failed at check')
    const early = await runPlan(deployment, { instead: failing('push') })
    expect(early.statuses).toMatchObject({
      check: 'cancelled',
      warm: 'cancelled',
      rollback: 'completed',
      note: 'completed',
    })
  })

  it('skips a stage outside that depends on the failed one, and waits for the container first', async () => {
    const { stage, started } = await runPlan(deployment, { instead: failing('check') })
    expect(stage('tell')).toMatchObject({ status: 'skipped', skippedBecause: 'depends on check, which failed' })
    expect(started).not.toContain('tell')
    const happy = await runPlan(deployment)
    expect(happy.started.indexOf('tell')).toBeGreaterThan(happy.started.indexOf('note'))
  })

  it('shows catch what went wrong', async () => {
    const plan = planOf([
      guard('guard', { try: ['risk'], catch: ['explain'] }),
      { id: 'risk' },
      { id: 'explain', config: { value: '{{ stages.guard.output.error.message }} {{ stages.risk.error.code }}' } },
    ])
    const { stage } = await runPlan(plan, { instead: failing('risk') })
    expect(stage('explain').output).toBe('risk failed on purpose. risk_failed')
  })

  it('does not count a failure with on_error: continue', async () => {
    const plan = planOf([
      guard('guard', { try: ['risk'], catch: ['repair'] }),
      { id: 'risk', on_error: 'continue' },
      { id: 'repair' },
    ])
    const { statuses } = await runPlan(plan, { instead: failing('risk') })
    expect(statuses).toEqual({ guard: 'completed', risk: 'failed', repair: 'skipped' })
  })
})

describe('a failure that leaves a trycatch', () => {
  it('does so from catch, after finally ran', async () => {
    const { started, stage, end } = await runPlan(deployment, { instead: failing('check', 'rollback') })
    expect(started).toEqual(['push', 'check', 'warm', 'rollback', 'note'])
    expect(stage('deploy').status).toBe('failed')
    expect(end).toMatchObject({ status: 'failed', error: { code: 'rollback_failed', stage: 'rollback' } })
  })

  it('does so from finally', async () => {
    const { end, statuses } = await runPlan(deployment, { instead: failing('note') })
    expect(end).toMatchObject({ status: 'failed', error: { stage: 'note' } })
    expect(statuses).toMatchObject({ announce: 'skipped', tell: 'skipped' })
  })

  it('does so from try when there is no catch, after finally ran', async () => {
    const plan = planOf([guard('guard', { try: ['risk'], finally: ['clean'] }), { id: 'risk' }, { id: 'clean' }])
    const { statuses, end } = await runPlan(plan, { instead: failing('risk') })
    expect(statuses).toEqual({ guard: 'failed', risk: 'failed', clean: 'completed' })
    expect(end.error).toMatchObject({ stage: 'risk' })
  })

  it('keeps the rest of finally running, for it cleans up', async () => {
    const plan = planOf([
      guard('guard', { try: ['work'], finally: ['close', 'unlock', 'report'] }),
      { id: 'work' },
      { id: 'close' },
      { id: 'unlock' },
      { id: 'report', depends_on: ['close'] },
    ])
    const { statuses } = await runPlan(plan, { instead: failing('close') })
    expect(statuses).toMatchObject({ close: 'failed', unlock: 'completed', report: 'skipped', guard: 'failed' })
  })

  it('is stopped by on_error: continue of the container', async () => {
    const plan = planOf([
      guard('guard', { try: ['risk'] }, { on_error: 'continue' }),
      { id: 'risk' },
      { id: 'next', depends_on: ['guard'] },
    ])
    const { statuses, end } = await runPlan(plan, { instead: failing('risk') })
    expect(statuses).toMatchObject({ guard: 'failed', next: 'completed' })
    expect(end.status).toBe('completed')
  })
})

describe('nested trycatches', () => {
  //  outer [ try: inner [ try: risk · catch: mend · finally: tidy ], beside ─▶ after · catch: rescue ]
  const nested = planOf([
    guard('outer', { try: ['inner', 'beside', 'after'], catch: ['rescue'] }),
    guard('inner', { try: ['risk'], catch: ['mend'], finally: ['tidy'] }),
    { id: 'risk' },
    { id: 'mend' },
    { id: 'tidy' },
    { id: 'beside' },
    { id: 'after', depends_on: ['beside'] },
    { id: 'rescue' },
  ])

  it('handle a failure in the innermost catch', async () => {
    const { statuses } = await runPlan(nested, { instead: failing('risk') })
    expect(statuses).toMatchObject({
      inner: 'completed',
      mend: 'completed',
      after: 'completed',
      rescue: 'skipped',
      outer: 'completed',
    })
  })

  it('hand an unhandled failure to the next catch outwards', async () => {
    const { statuses, stage, end } = await runPlan(nested, { instead: failing('risk', 'mend') })
    expect(statuses).toMatchObject({ inner: 'failed', tidy: 'completed', rescue: 'completed', outer: 'completed' })
    expect(stage('outer').output).toMatchObject({ failed: true, error: { stage: 'mend' } })
    expect(end.status).toBe('completed')
  })

  it('run the finally of an inner one that is stopped from outside, before the outer catch', async () => {
    const { statuses, started, stage } = await runPlan(nested, { instead: failing('beside') })
    expect(statuses).toMatchObject({
      beside: 'failed',
      risk: 'completed',
      mend: 'skipped',
      tidy: 'completed',
      rescue: 'completed',
    })
    const stopped = await runPlan(nested, { instead: failing('beside'), pick: (count) => count - 1 })
    expect(stopped.statuses).toMatchObject({
      risk: 'cancelled',
      mend: 'cancelled',
      inner: 'cancelled',
      tidy: 'completed',
    })
    expect(stopped.stage('inner').skippedBecause).toBe('try failed at beside')
    expect(stopped.started.indexOf('rescue')).toBeGreaterThan(stopped.started.indexOf('tidy'))
    expect(started).toContain('rescue')
    expect(stage('outer').status).toBe('completed')
  })
})

describe('a trycatch that never starts', () => {
  it('skips everything inside', async () => {
    const plan = planOf([
      guard('guard', { try: ['a'], catch: ['b'], finally: ['c'] }, { enabled: false }),
      { id: 'a' },
      { id: 'b' },
      { id: 'c' },
    ])
    const { statuses, stage } = await runPlan(plan)
    expect(statuses).toEqual({ guard: 'skipped', a: 'skipped', b: 'skipped', c: 'skipped' })
    expect(stage('c').skippedBecause).toBe('guard was skipped')
  })
})

describe('a running trycatch in an execution that failed elsewhere', () => {
  it('is let finish like any running stage, its finally included', async () => {
    const plan = planOf([
      guard('guard', { try: ['a', 'b'], finally: ['c'] }),
      { id: 'a' },
      { id: 'b', depends_on: ['a'] },
      { id: 'c' },
      { id: 'boom' },
    ])
    const { statuses, end } = await runPlan(plan, { instead: failing('boom'), pick: (count) => count - 1 })
    expect(statuses).toEqual({ guard: 'completed', a: 'completed', b: 'completed', c: 'completed', boom: 'failed' })
    expect(end.error).toMatchObject({ stage: 'boom' })
  })
})

describe('a branch inside a try', () => {
  it('chooses among the stages of its own scope', async () => {
    const plan = planOf([
      guard('guard', { try: ['pick', 'yes', 'no'], catch: ['c'] }),
      { id: 'pick', component: 'conditional', config: { condition: true, if_true: ['yes'], if_false: ['no'] } },
      { id: 'yes' },
      { id: 'no' },
      { id: 'c' },
    ])
    const { statuses } = await runPlan(plan)
    expect(statuses).toEqual({ guard: 'completed', pick: 'completed', yes: 'completed', no: 'skipped', c: 'skipped' })
  })
})

describe('what became of try', () => {
  const telling = planOf([
    guard('tc', { try: ['work'], catch: ['mend'], finally: ['tell'] }),
    { id: 'work' },
    { id: 'mend', component: 'transform', config: { value: '{{ stages.tc.output.error.stage }}' } },
    { id: 'tell', component: 'transform', config: { value: '{{ stages.tc.output.failed }}' } },
  ])

  it('can be read in catch and in finally', async () => {
    const { stage } = await runPlan(telling, { instead: failing('work') })
    expect([stage('mend').output, stage('tell').output]).toEqual(['work', true])
  })

  it('can be read in finally when nothing failed, too', async () => {
    const { stage } = await runPlan(telling)
    expect(stage('tell').output).toBe(false)
  })
})
