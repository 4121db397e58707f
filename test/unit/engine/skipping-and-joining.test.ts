import { describe, expect, it } from 'vitest'
import { planOf, type StageSketch } from '../../support/plan-of'
import { runPlan } from '../../support/run-plan'

const choose = (
  id: string,
  result: boolean,
  if_true: string[],
  if_false: string[],
  depends_on: string[] = [],
): StageSketch => ({
  id,
  component: 'conditional',
  depends_on,
  config: { condition: result, if_true, if_false },
})

describe('a conditional', () => {
  //            ┌ if_true ─▶ ship ─▶ label ┐
  //  decide ───┤                          ├─▶ archive (join: any)
  //            └ if_false ▶ refuse ───────┘
  const plan = (result: boolean) =>
    planOf([
      choose('decide', result, ['ship'], ['refuse']),
      { id: 'ship', depends_on: ['decide'] },
      { id: 'label', depends_on: ['ship'] },
      { id: 'refuse' },
      { id: 'archive', depends_on: ['label', 'refuse'], join: 'any' },
      { id: 'strict', depends_on: ['label', 'refuse'] },
    ])

  it('enables the stages of its outcome and skips the others (S139)', async () => {
    const run = await runPlan(plan(true))
    expect(run.statuses).toMatchObject({ ship: 'completed', label: 'completed', refuse: 'skipped' })
    expect(run.stage('decide').output).toEqual({ result: true, taken: ['if_true'] })
    expect(run.stage('refuse').skippedBecause).toBe('decide took if_true')
  })

  it('lets skipping flow downstream', async () => {
    const run = await runPlan(plan(false))
    expect(run.statuses).toMatchObject({ ship: 'skipped', label: 'skipped', refuse: 'completed' })
    expect(run.stage('label').skippedBecause).toBe('depends on ship, which was skipped')
  })

  it('meets again in a stage that joins any, and not in one that joins all', async () => {
    for (const result of [true, false]) {
      const run = await runPlan(plan(result))
      expect(run.statuses).toMatchObject({ archive: 'completed', strict: 'skipped' })
      expect(run.end.status).toBe('completed')
    }
  })

  it('that is skipped skips everything it could have chosen', async () => {
    const run = await runPlan(
      planOf([choose('outer', true, [], ['inner']), choose('inner', true, ['a'], ['b']), { id: 'a' }, { id: 'b' }]),
    )
    expect(run.statuses).toMatchObject({ inner: 'skipped', a: 'skipped', b: 'skipped' })
    expect(run.stage('a').skippedBecause).toBe('inner was skipped')
  })

  it('fails with the reason when its condition is neither true nor false', async () => {
    const run = await runPlan(
      planOf([{ id: 'decide', component: 'conditional', config: { condition: '{{ input.missing }}', if_true: [] } }]),
    )
    expect(run.end).toMatchObject({ status: 'failed', error: { code: 'config_invalid', stage: 'decide' } })
  })
})

describe('a switch', () => {
  const plan = planOf([
    {
      id: 'route',
      component: 'switch',
      config: JSON.parse(
        '{"value": "{{ input.kind }}", "cases": [{"when": "a", "then": ["on-a"]}, {"when": 2, "then": ["on-2"]}], "default": ["otherwise"]}',
      ),
    },
    { id: 'on-a' },
    { id: 'on-2' },
    { id: 'otherwise' },
  ])

  it.for([
    { kind: 'a', runs: 'on-a', taken: 'cases/0' },
    { kind: 2, runs: 'on-2', taken: 'cases/1' },
    { kind: '2', runs: 'otherwise', taken: 'default' },
    { kind: null, runs: 'otherwise', taken: 'default' },
  ])('takes the first case equal to $kind, type included', async ({ kind, runs, taken }) => {
    const run = await runPlan(plan, { input: { kind } })
    expect(run.started).toEqual(['route', runs])
    expect(run.stage('route').output).toMatchObject({ taken: [taken] })
  })
})

describe('a join', () => {
  //  yes ─┐
  //  no ──┴─▶ last        (no is disabled)
  const plan = (join: 'all' | 'any' | 'always', enabled = { yes: true, no: false }) =>
    planOf([
      { id: 'yes', enabled: enabled.yes },
      { id: 'no', enabled: enabled.no },
      { id: 'last', depends_on: ['yes', 'no'], join },
    ])

  it('of all runs only when every dependency completed', async () => {
    const run = await runPlan(plan('all'))
    expect(run.stage('last')).toMatchObject({ status: 'skipped', skippedBecause: 'depends on no, which was skipped' })
    expect(run.stage('no').skippedBecause).toBe('disabled')
  })

  it('of any runs when one completed, and not when none did', async () => {
    expect((await runPlan(plan('any'))).statuses['last']).toBe('completed')
    const none = await runPlan(plan('any', { yes: false, no: false }))
    expect(none.stage('last')).toMatchObject({
      status: 'skipped',
      skippedBecause: 'none of the stages it depends on completed',
    })
  })

  it('of always runs whatever happened', async () => {
    expect((await runPlan(plan('always', { yes: false, no: false }))).statuses['last']).toBe('completed')
  })

  it('waits until every dependency is terminal, whatever its kind (I6)', async () => {
    const run = await runPlan(planOf([{ id: 'a' }, { id: 'b' }, { id: 'last', depends_on: ['a', 'b'], join: 'any' }]), {
      pick: (count) => count - 1,
    })
    expect(run.started).toEqual(['a', 'b', 'last'])
  })
})

describe('stages that wait for each other', () => {
  it('are skipped instead of holding the execution for ever (I2)', async () => {
    const run = await runPlan(planOf([{ id: 'a', depends_on: ['b'] }, { id: 'b', depends_on: ['a'] }, { id: 'c' }]))
    expect(run.statuses).toEqual({ a: 'skipped', b: 'skipped', c: 'completed' })
  })
})
