import { describe, expect, it } from 'vitest'
import { decide } from '#core/engine/decide'
import { EVENT_VERSION, type JournalEvent } from '#core/engine/event'
import { fold } from '#core/engine/fold'
import { stageState, waitsUntil } from '#core/engine/state'
import type { Json, JsonObject } from '#core/kernel/json'
import { planOf, type StageSketch } from '../../support/plan-of'
import { ACCEPTED_AT, runPlan } from '../../support/run-plan'
import { failing } from './failing'

const each = (ids: string[], more: JsonObject = {}): StageSketch => ({
  id: 'each',
  component: 'foreach',
  config: { items: '{{ input.list }}', do: ids, ...more },
})

//  each [ a ─▶ b ] ─▶ after
const pairs = (more: JsonObject = {}) =>
  planOf([
    each(['a', 'b'], more),
    { id: 'a', config: { value: '{{ item * 10 }}' } },
    { id: 'b', depends_on: ['a'], config: { value: '{{ stages.a.output + index }}' } },
    { id: 'after', depends_on: ['each'], config: { value: '{{ stages.each.output.results }}' } },
  ])
const list = (length: number) => ({ list: Array.from({ length }, (_, i) => i + 1) })

describe('a foreach', () => {
  it('runs its stages once for each item, and gives the results in the order of the items', async () => {
    const { stage, end, started } = await runPlan(pairs(), { input: list(3) })
    expect(stage('each').output).toEqual({ results: [10, 21, 32], errors: [] })
    expect(started[0]).toBe('each')
    expect(started.slice(1, 7).toSorted()).toEqual([0, 1, 2].flatMap((i) => [`each[${i}]/a`, `each[${i}]/b`]))
    expect(end).toMatchObject({ status: 'completed', output: [10, 21, 32] })
  })

  it('keeps the order of the items whichever ends first', async () => {
    const { stage } = await runPlan(pairs(), { input: list(5), pick: (count) => count - 1 })
    expect(stage('each').output).toEqual({ results: [10, 21, 32, 43, 54], errors: [] })
  })

  it('reads stages outside of it, and those of its own iteration before them', async () => {
    const plan = planOf([
      { id: 'rate', config: { value: 3 } },
      { ...each(['a']), depends_on: ['rate'] },
      { id: 'a', config: { value: '{{ item * stages.rate.output }}' } },
    ])
    expect((await runPlan(plan, { input: list(2) })).stage('each').output).toMatchObject({ results: [3, 6] })
  })

  it('of no items completes with no results', async () => {
    const { stage, end } = await runPlan(pairs(), { input: { list: [] } })
    expect(stage('each')).toMatchObject({ status: 'completed', output: { results: [], errors: [] } })
    expect(end.output).toEqual([])
  })

  it.for<[string, Json, string]>([
    ['a number', 5, 'items_not_a_list'],
    ['a text', 'abc', 'items_not_a_list'],
    ['nothing', null, 'items_not_a_list'],
    ['an object', { a: 1 }, 'items_not_a_list'],
    ['10,001 items', Array.from({ length: 10_001 }, () => 0), 'too_many_items'],
  ])('over %s fails and says what to do (T-30)', async ([, value, code]) => {
    const { stage, statuses } = await runPlan(pairs(), { input: { list: value } })
    expect(stage('each')).toMatchObject({ status: 'failed', failure: { code, hint: expect.stringMatching(/./) } })
    expect(statuses['after']).toBe('skipped')
  })

  it('may have its items written out', async () => {
    const plan = planOf([each(['a'], { items: ['x', '{{ input.y }}'] }), { id: 'a', config: { value: '{{ item }}' } }])
    expect((await runPlan(plan, { input: { y: 'z' } })).stage('each').output).toMatchObject({ results: ['x', 'z'] })
  })

  it('evaluates its items once and journals them', async () => {
    const { events } = await runPlan(pairs(), { input: list(2) })
    const opened = events.filter(({ type }) => type === 'stage_opened')
    expect(opened).toEqual([expect.objectContaining({ stage: 'each', items: [1, 2], input: { do: ['a', 'b'] } })])
  })

  it('gives an item whose stages are all skipped the result null', async () => {
    const plan = planOf([
      each(['pick', 'even'], {}),
      { id: 'pick', component: 'conditional', config: { condition: '{{ item % 2 == 0 }}', if_true: ['even'] } },
      { id: 'even', config: { value: '{{ item }}' } },
    ])
    const { stage } = await runPlan(plan, { input: list(4) })
    const skipped = { result: false, taken: ['if_false'] }
    expect(stage('each').output).toEqual({ results: [skipped, 2, skipped, 4], errors: [] })
    const off = planOf([each(['a']), { id: 'a', enabled: false }])
    expect((await runPlan(off, { input: list(2) })).stage('each').output).toEqual({ results: [null, null], errors: [] })
  })

  it('has no iteration wait for what another one did (4.4 rule 7)', async () => {
    const { effects } = await runPlan(pairs({ max_concurrency: 1 }), { input: list(3) })
    const afterEvent = (stage: string) =>
      effects.flatMap((effect) => (effect.type === 'start_stage' && effect.stage === stage ? [effect.afterEvent] : []))
    const [opened = 0] = afterEvent('each[0]/a')
    expect(afterEvent('each[2]/a')).toEqual([opened])
    expect(afterEvent('each[2]/b')[0]).toBeGreaterThan(opened)
  })

  it('gives each iteration a key of its own, the same for every attempt (I5)', async () => {
    const plan = planOf([
      each(['call']),
      {
        id: 'call',
        component: 'http_request',
        config: { url: 'https://api.test/{{ item }}', method: 'POST', retry: { max_attempts: 2, delay_seconds: 1 } },
      },
    ])
    const { requests } = await runPlan(plan, { input: list(2), http: (_, call) => ({ status: call < 3 ? 503 : 200 }) })
    const keys = requests.map(({ headers, url }) => `${url} ${headers['Idempotency-Key']}`)
    expect(keys.toSorted()).toEqual([0, 0, 1, 1].map((i) => `https://api.test/${i + 1} exec_test:each[${i}]/call`))
  })
})

describe('a foreach that fails fast', () => {
  it('cancels the items at work, begins no more, and fails with the first failure', async () => {
    const { stage, effects, end, started } = await runPlan(pairs({ max_concurrency: 2 }), {
      input: list(9),
      instead: failing('each[1]/a'),
    })
    expect(stage('each')).toMatchObject({
      status: 'failed',
      output: {
        results: Array.from({ length: 9 }, () => null),
        errors: [{ index: 1, code: 'each[1]/a_failed', stage: 'a' }],
      },
    })
    expect(effects).toContainEqual({ type: 'abort_stage', stage: 'each[0]/b' })
    expect(started).toEqual(['each', 'each[0]/a', 'each[1]/a', 'each[0]/b'])
    expect(end).toMatchObject({ status: 'failed', error: { stage: 'each[1]/a' } })
  })

  it('keeps the results it had', async () => {
    const { stage } = await runPlan(pairs({ max_concurrency: 1 }), { input: list(3), instead: failing('each[1]/b') })
    expect(stage('each').output).toMatchObject({ results: [10, null, null], errors: [{ index: 1, stage: 'b' }] })
  })

  it('is handled by the trycatch around it', async () => {
    const plan = planOf([
      { id: 'guard', component: 'trycatch', config: { try: ['each'], catch: ['mend'] } },
      each(['a']),
      { id: 'a' },
      { id: 'mend', config: { value: '{{ stages.guard.output.error.stage }}' } },
    ])
    const { end } = await runPlan(plan, { input: list(3), instead: failing('each[2]/a') })
    expect(end).toMatchObject({ status: 'completed', output: { failed: true } })
  })

  it('lets the finally of an iteration run before it fails', async () => {
    const plan = planOf([
      each(['guard']),
      { id: 'guard', component: 'trycatch', config: { try: ['a'], finally: ['tidy'] } },
      { id: 'a' },
      { id: 'tidy' },
    ])
    const { started, stage } = await runPlan(plan, { input: list(2), instead: failing('each[0]/a') })
    expect(started).toEqual(['each', 'each[0]/a', 'each[1]/a', 'each[0]/tidy', 'each[1]/tidy'])
    expect(stage('each').status).toBe('failed')
  })
})

describe('a foreach that collects', () => {
  it('runs every item, completes, and lists what failed', async () => {
    const { stage, end } = await runPlan(pairs({ on_error: 'collect', max_concurrency: 2 }), {
      input: list(5),
      instead: failing('each[1]/a', 'each[3]/b'),
    })
    expect(stage('each').output).toEqual({
      results: [10, null, 32, null, 54],
      errors: [
        { index: 1, code: 'each[1]/a_failed', message: 'each[1]/a failed on purpose.', stage: 'a' },
        { index: 3, code: 'each[3]/b_failed', message: 'each[3]/b failed on purpose.', stage: 'b' },
      ],
    })
    expect(end.status).toBe('completed')
  })

  it('fails when its results together are too large to keep', async () => {
    const plan = planOf([each(['a'], { on_error: 'collect' }), { id: 'a', config: { value: '{{ input.big }}' } }])
    const run = await runPlan(plan, { input: { ...list(40), big: 'x'.repeat(1_000_000) } })
    expect(run.stage('each')).toMatchObject({ status: 'failed', output: null, failure: { code: 'output_too_large' } })
    expect(run.started.length).toBeLessThan(25)
  })
})

describe('what goes on inside an iteration', () => {
  it('is tried again, waits and goes on by itself', async () => {
    const plan = planOf([
      each(['wait', 'after'], { max_concurrency: 2 }),
      { id: 'wait', component: 'delay', config: { seconds: '{{ item }}' } },
      { id: 'after', depends_on: ['wait'], config: { value: '{{ stages.wait.output.waited_ms }}' } },
    ])
    const { stage, effects } = await runPlan(plan, { input: list(3) })
    expect(stage('each').output).toEqual({ results: [1_000, 2_000, 3_000], errors: [] })
    expect(effects).toContainEqual({ type: 'set_timer', stage: 'each[1]/wait', at: ACCEPTED_AT + 2_000 })
  })

  it('reaches the execution as a time to wake at', () => {
    const plan = planOf([each(['a']), { id: 'a' }])
    const base = { v: EVENT_VERSION, at: ACCEPTED_AT, attempt: 1, input: null }
    const waiting = (i: number, until: number): JournalEvent => ({
      ...base,
      type: 'stage_waiting',
      stage: `each[${i}]/a`,
      until,
    })
    const opened: JournalEvent = { ...base, type: 'stage_opened', stage: 'each', startedAt: ACCEPTED_AT, items: [1, 2] }
    expect(waitsUntil(fold(plan, ACCEPTED_AT, [opened, waiting(0, 70)]))).toBeNull()
    expect(waitsUntil(fold(plan, ACCEPTED_AT, [opened, waiting(0, 70), waiting(1, 60)]))).toBe(60)
  })

  it('handles its own failures with trycatch, and runs its own parallels', async () => {
    const plan = planOf([
      each(['guard', 'fan']),
      { id: 'guard', component: 'trycatch', config: { try: ['a'], catch: ['mend'] } },
      { id: 'a' },
      { id: 'mend', config: { value: 'mended' } },
      { id: 'fan', depends_on: ['guard'], component: 'parallel', config: { branches: [['p'], ['q']] } },
      { id: 'p', config: { value: '{{ item }}' } },
      { id: 'q', config: { value: '{{ index }}' } },
    ])
    const { stage } = await runPlan(plan, { input: list(2), instead: failing('each[0]/a', 'each[1]/a') })
    const branches = (...outputs: Json[]) => ({ branches: outputs.map((output) => ({ status: 'completed', output })) })
    expect(stage('each').output).toEqual({ results: [branches(1, 0), branches(2, 1)], errors: [] })
  })

  it('may be a foreach itself, three deep', async () => {
    const plan = planOf([
      each(['b']),
      { id: 'b', component: 'foreach', config: { items: '{{ item }}', do: ['keep', 'c'] } },
      { id: 'keep', config: { value: '{{ item }}' } },
      { id: 'c', depends_on: ['keep'], component: 'foreach', config: { items: [1, 2], do: ['d'] } },
      { id: 'd', config: { value: '{{ stages.keep.output }}{{ item }}{{ index }}' } },
    ])
    const { stage, started } = await runPlan(plan, { input: { list: [['x', 'y'], ['z']] } })
    const inner = (letter: string) => ({ results: [`${letter}10`, `${letter}21`], errors: [] })
    expect(stage('each').output).toEqual({
      results: [
        { results: [inner('x'), inner('y')], errors: [] },
        { results: [inner('z')], errors: [] },
      ],
      errors: [],
    })
    expect(started).toContain('each[0]/b[1]/c[1]/d')
  })

  it('reports a failure of a nested one by the way that leads to it', async () => {
    const plan = planOf([
      each(['b'], { on_error: 'collect' }),
      { id: 'b', component: 'foreach', config: { items: [1, 2], do: ['c'] } },
      { id: 'c' },
    ])
    const { stage } = await runPlan(plan, { input: list(2), instead: failing('each[1]/b[0]/c') })
    expect(stage('each').output).toMatchObject({ errors: [{ index: 1, stage: 'b[0]/c' }] })
  })

  it('ends a wait for a signal: one signal, one iteration, in their order; early ones are kept', () => {
    const plan = planOf([each(['a']), { id: 'a' }])
    const base = { v: EVENT_VERSION, at: ACCEPTED_AT, attempt: 1, input: null }
    const opened: JournalEvent = {
      ...base,
      type: 'stage_opened',
      stage: 'each',
      startedAt: ACCEPTED_AT,
      items: [1, 2, 3],
    }
    const waits = (i: number): JournalEvent => ({
      ...base,
      type: 'stage_waiting',
      stage: `each[${i}]/a`,
      until: 9e15,
      for: { kind: 'signal', name: 'go' },
    })
    const signal = (payload: string): JournalEvent => ({
      v: EVENT_VERSION,
      at: ACCEPTED_AT,
      type: 'signal_received',
      name: 'go',
      signalId: payload,
      payload,
      actor: null,
    })
    const journal = [opened, signal('early'), waits(1), waits(0), waits(2), signal('one'), signal('two')]
    const state = fold(plan, ACCEPTED_AT, journal)
    expect(stageState(state, 'each').output).toEqual({ results: ['one', 'early', 'two'], errors: [] })
    expect(state.signals).toEqual([])
    const { effects } = decide(fold(plan, ACCEPTED_AT, journal.slice(0, 5)), signal('one'))
    expect(effects).toEqual([{ type: 'abort_stage', stage: 'each[0]/a' }])
  })
})

describe('races of iterations (F-23)', () => {
  const base = { v: EVENT_VERSION, at: ACCEPTED_AT, attempt: 1, input: null }
  const opened: JournalEvent = { ...base, type: 'stage_opened', stage: 'each', startedAt: ACCEPTED_AT, items: [1, 2] }
  const plan = planOf([each(['a']), { id: 'a' }])
  const succeeded = (i: number): JournalEvent => ({
    ...base,
    type: 'stage_succeeded',
    stage: `each[${i}]/a`,
    output: i,
  })
  const failed = (i: number): JournalEvent => ({
    ...base,
    type: 'attempt_failed',
    stage: `each[${i}]/a`,
    failure: { code: 'no', message: 'no' },
  })
  const cancel: JournalEvent = { v: EVENT_VERSION, at: ACCEPTED_AT, type: 'cancel_requested', reason: 'r', actor: null }

  it('a success behind a failure of the same turn changes nothing, and the failure is reported once', () => {
    const state = fold(plan, ACCEPTED_AT, [opened, failed(1), succeeded(0), failed(0)])
    expect(stageState(state, 'each').output).toMatchObject({ results: [null, null], errors: [{ index: 1 }] })
    expect(state.status).toBe('failed')
  })

  it('an event for an iteration that has ended, never began or does not exist is ignored', () => {
    const before = fold(plan, ACCEPTED_AT, [opened, succeeded(0)])
    for (const stage of ['each[0]/a', 'each[7]/a', 'each[x]/a', 'each[1]/nobody', 'a', 'each[1]', 'a[0]/a', '[0]/a']) {
      const { state, effects } = decide(before, { ...base, type: 'stage_succeeded', stage, output: 9 })
      expect({ ...state, events: 0 }).toEqual({ ...before, events: 0 })
      expect(effects).toEqual([])
    }
  })

  it('a cancel and the last completion: whichever is journaled first has the word (I11)', () => {
    expect(fold(plan, ACCEPTED_AT, [opened, succeeded(0), cancel, succeeded(1)]).status).toBe('cancelled')
    expect(fold(plan, ACCEPTED_AT, [opened, succeeded(0), succeeded(1), cancel]).status).toBe('completed')
  })

  it('a cancel aborts what every iteration runs, and nothing starts afterwards (I14)', () => {
    const before = fold(plan, ACCEPTED_AT, [opened])
    const { state, effects } = decide(before, cancel)
    expect(effects.map((effect) => ('stage' in effect ? `${effect.type} ${effect.stage}` : effect.type))).toEqual([
      'abort_stage each[0]/a',
      'abort_stage each[1]/a',
      'finish',
    ])
    expect(state.active).toBe(0)
    expect(stageState(state, 'each').status).toBe('cancelled')
  })
})

describe('ten thousand items', () => {
  it('of two pure stages each end in the order of the list', () => {
    const plan = pairs({ max_concurrency: 100 })
    const items = Array.from({ length: 10_000 }, (_, i) => i)
    const base = { v: EVENT_VERSION, at: ACCEPTED_AT, attempt: 1, input: null }
    let { state } = decide(fold(plan, ACCEPTED_AT, []), {
      ...base,
      type: 'stage_opened',
      stage: 'each',
      startedAt: ACCEPTED_AT,
      items,
    })
    for (let i = 0; i < items.length; i++) {
      for (const id of ['a', 'b']) {
        state = decide(state, { ...base, type: 'stage_succeeded', stage: `each[${i}]/${id}`, output: i }).state
      }
    }
    expect(stageState(state, 'each').output).toEqual({ results: items, errors: [] })
  })
})
