import { describe, expect, test } from 'vitest'
import { Workflow } from '#core/definition/document'
import { compilePlan, type Plan } from '#core/definition/plan'
import { decide } from '#core/engine/decide'
import type { JournalEvent } from '#core/engine/event'
import { fold } from '#core/engine/fold'
import type { Json } from '#core/kernel/json'
import { seedJournal } from '../../../worker/services/seed-journal'

const stage = (id: string, more: object = {}) => ({ id, component: 'transform', config: { value: 1 }, ...more })
const after = (...depends_on: string[]) => ({ depends_on })
const container = (id: string, component: string, config: object, more: object = {}) => ({
  id,
  component,
  config,
  ...more,
})
const planOf = (...stages: readonly object[]) => compilePlan(Workflow.parse({ name: 'retried', stages }))

let now = 0
const event = (body: object) => ({ v: 1, at: now++, ...body }) as JournalEvent
const did = (name: string, output: Json = null) =>
  event({ type: 'stage_succeeded', stage: name, attempt: 1, input: null, output })
const failed = (name: string, attempt = 1, more: object = {}) =>
  event({ type: 'attempt_failed', stage: name, attempt, input: null, failure: { code: 'x', message: 'x' }, ...more })
const waits = (name: string, fact: object) =>
  event({ type: 'stage_waiting', stage: name, attempt: 1, input: {}, until: 9_999, for: fact })
const forGo = { kind: 'signal', name: 'go' }
const forChild = (executionId: string) => ({ kind: 'child', executionId })
const signal = (payload: Json) =>
  event({ type: 'signal_received', name: 'go', signalId: `s${now}`, payload, actor: null })
const childEnded = (executionId: string, status = 'completed', output: Json = null) =>
  event({ type: 'child_finished', executionId, status, output, failure: null })

/** What a retry from a stage keeps, and the stages that an execution with this journal starts then. */
function retried(plan: Plan, events: readonly JournalEvent[], fromStage: string) {
  const lines = events.map((it) => JSON.stringify(it))
  const kept = seedJournal(plan, lines, events, fromStage).map((text) => JSON.parse(text) as JournalEvent)
  const { state, effects } = decide(fold(plan, 1, kept), { type: 'resumed', v: 1, at: now++ })
  const starts = effects.flatMap((effect) => (effect.type === 'start_stage' ? [effect.stage] : []))
  return {
    kept,
    starts,
    status: state.status,
    words: kept.map((it) => ('stage' in it ? `${it.type} ${it.stage}` : '')),
  }
}

describe('a retry of what had failed and was handled', () => {
  const guard = container('guard', 'trycatch', { try: ['a'], catch: ['b'], finally: ['z'] })
  const caught = planOf(guard, stage('a'), stage('b'), stage('z'), stage('c', after('guard')))

  test('from behind a trycatch sends neither what it caught again, nor what its catch did', () => {
    const events = [failed('a'), did('b'), did('z'), failed('c')]
    expect(retried(caught, events, 'c')).toMatchObject({ kept: events.slice(0, 3), starts: ['c'] })
  })

  test('keeps all attempts of a stage that failed for good', () => {
    const events = [failed('a', 1, { retryAt: 50 }), event({ type: 'timer_fired', stage: 'a' }), failed('a', 2)]
    expect(retried(caught, [...events, did('b'), did('z'), failed('c')], 'c')).toMatchObject({ starts: ['c'] })
  })

  test('from the catch runs the catch, and the finally behind it again', () => {
    const events = [failed('a'), failed('b'), did('z')]
    expect(retried(caught, events, 'b')).toMatchObject({ kept: [events[0]], starts: ['b'] })
  })

  test('from the finally keeps what try and catch came to', () => {
    const events = [failed('a'), did('b'), failed('z')]
    expect(retried(caught, events, 'z')).toMatchObject({ kept: events.slice(0, 2), starts: ['z'] })
  })

  test('from the try starts the phases over, but for what completed beside it', () => {
    const plan = planOf(
      container('guard', 'trycatch', { try: ['a', 'beside'], catch: ['b'] }),
      stage('a'),
      stage('beside'),
      stage('b'),
    )
    const events = [did('beside'), failed('a'), failed('b')]
    expect(retried(plan, events, 'a')).toMatchObject({ kept: [events[0]], starts: ['a'] })
  })

  test('from a stage keeps no failure that would end it', () => {
    const plan = planOf(
      container('guard', 'trycatch', { try: ['fan'], catch: ['b'] }),
      container('fan', 'parallel', { branches: [['p'], ['q']] }),
      stage('p'),
      stage('q'),
      stage('b'),
    )
    const events = [failed('p'), did('b')]
    expect(retried(plan, events, 'q').starts).toEqual(['p', 'q'])
    expect(retried(plan, [...events.slice(0, 1), failed('b')], 'b')).toMatchObject({ kept: [events[0]], starts: ['b'] })
  })

  test('sends nothing again that was to go on after an error, nor what came behind it', () => {
    const plan = planOf(
      stage('a', { on_error: 'continue' }),
      stage('b', after('a')),
      stage('c', after('b')),
      stage('other'),
    )
    const events = [failed('a'), did('b'), failed('c'), did('other')]
    expect(retried(plan, events, 'c')).toMatchObject({ kept: [events[0], events[1], events[3]], starts: ['c'] })
    expect(retried(plan, events, 'a')).toMatchObject({ kept: [events[3]], starts: ['a'] })
  })

  test('keeps the branches of a parallel that collects, beside and behind the one it starts from', () => {
    const plan = planOf(
      container('fan', 'parallel', { branches: [['p'], ['q']], on_error: 'collect' }),
      stage('p'),
      stage('q'),
      stage('c', after('fan')),
    )
    const events = [failed('p'), did('q'), failed('c')]
    expect(retried(plan, events, 'c')).toMatchObject({ kept: events.slice(0, 2), starts: ['c'] })
    expect(retried(plan, events, 'p')).toMatchObject({ kept: [events[1]], starts: ['p'] })
    expect(retried(plan, events, 'q')).toMatchObject({ kept: [events[0]], starts: ['q'] })
  })

  test('does not keep a failure that nobody handled', () => {
    const plan = planOf(stage('a'), stage('b'))
    expect(retried(plan, [failed('a'), failed('b')], 'b')).toMatchObject({ kept: [], starts: ['a', 'b'] })
  })

  test('keeps nothing that has to wait for a stage that runs again', () => {
    const plan = planOf(stage('a'), stage('b'), stage('tidy', { ...after('a'), join: 'always' }))
    const events = [failed('a'), did('tidy'), failed('b')]
    expect(retried(plan, events, 'b')).toMatchObject({ kept: [], starts: ['a', 'b'] })
  })

  test('starts no child again whose failure was handled', () => {
    const plan = planOf(
      container('call', 'workflow', { workflow: 'other' }, { on_error: 'continue' }),
      stage('c', after('call')),
    )
    const events = [waits('call', forChild('exec_c')), childEnded('exec_c', 'failed'), failed('c')]
    const { kept, starts } = retried(plan, events, 'c')
    expect(kept).toMatchObject([{ type: 'attempt_failed', stage: 'call', failure: { code: 'child_failed' } }])
    expect(starts).toEqual(['c'])
  })
})

describe('a retry of what waited', () => {
  const ask = (id: string, more: object = {}) => container(id, 'wait_for_signal', { signal: 'go' }, more)

  test('asks nobody again whose answer had come before it was asked', () => {
    const plan = planOf(stage('first'), ask('ask', after('first')), stage('b', after('ask')), stage('c', after('b')))
    const events = [signal('yes'), did('first'), waits('ask', forGo), did('b'), failed('c')]
    const { kept, starts } = retried(plan, events, 'c')
    expect(kept).toMatchObject([
      { stage: 'first' },
      { type: 'stage_succeeded', stage: 'ask', output: 'yes' },
      { stage: 'b' },
    ])
    expect(starts).toEqual(['c'])
  })

  test('gives each of two waits the answer that was its own, also when both came at one time', () => {
    const plan = planOf(ask('one'), ask('two', after('one')), stage('c', after('two')))
    const at = { at: 7 }
    const events = [
      { ...signal('1'), ...at },
      { ...signal('2'), ...at },
      { ...waits('one', forGo), ...at },
      { ...waits('two', forGo), ...at },
      failed('c'),
    ]
    const { kept, starts } = retried(plan, events, 'c')
    expect(kept).toMatchObject([
      { stage: 'one', output: '1' },
      { stage: 'two', output: '2' },
    ])
    expect(starts).toEqual(['c'])
  })

  test('takes no fact for the end of a wait whose time was over', () => {
    const plan = planOf(
      ask('ask', { on_error: 'continue' }),
      container('call', 'workflow', { workflow: 'other' }),
      stage('c', after('ask', 'call')),
    )
    const events = [
      waits('call', forChild('exec_c')),
      waits('ask', forGo),
      event({ type: 'timer_fired', stage: 'ask' }),
      failed('ask'),
      childEnded('exec_c', 'completed', 7),
      failed('c'),
    ]
    const { words, starts } = retried(plan, events, 'c')
    expect(words).toEqual(['timer_fired ask', 'attempt_failed ask', 'stage_succeeded call'])
    expect(starts).toEqual(['c'])
  })
})

describe('a retry of a foreach whose iterations waited', () => {
  const loop = (config: object = {}) =>
    planOf(
      container('each', 'foreach', { items: [1, 2], do: ['ask', 'call', 'b'], ...config }),
      container('ask', 'wait_for_signal', { signal: 'go' }),
      container('call', 'workflow', { workflow: 'other' }, after('ask')),
      stage('b', after('call')),
      stage('c', after('each')),
    )
  const opened = event({ type: 'stage_opened', stage: 'each', attempt: 1, startedAt: 1, input: null, items: [1, 2] })
  const iteration = (index: number) => [
    waits(`each[${index}]/ask`, forGo),
    signal(`answer ${index}`),
    waits(`each[${index}]/call`, forChild(`exec_${index}`)),
    childEnded(`exec_${index}`, 'completed', index),
    did(`each[${index}]/b`, index),
  ]

  test('from behind it starts none of their children again, and gives the same results', () => {
    const plan = loop()
    const events = [opened, ...iteration(0), ...iteration(1), failed('c')]
    const { kept, starts, words } = retried(plan, events, 'c')
    expect(words).toEqual([
      'stage_opened each',
      ...[0, 1].flatMap((n) => ['ask', 'call', 'b'].map((id) => `stage_succeeded each[${n}]/${id}`)),
    ])
    expect(kept[1]).toMatchObject({ output: 'answer 0' })
    expect(starts).toEqual(['c'])
  })

  test('from one of them starts the children of the others no second time', () => {
    const events = [opened, ...iteration(0), ...iteration(1).slice(0, 4), failed('each[1]/b')]
    const { starts, kept } = retried(loop(), events, 'each[1]/b')
    expect(kept).toHaveLength(4)
    expect(starts).toEqual(['each[1]/ask'])
  })

  test('keeps what the last fact of an iteration ended, and what a fact ended in a foreach within', () => {
    const plan = planOf(
      container('rows', 'foreach', { items: [1], do: ['cells'] }),
      container('cells', 'foreach', { items: [1], do: ['ask'] }),
      container('ask', 'wait_for_signal', { signal: 'go' }),
      stage('c', after('rows')),
    )
    const open = (name: string) =>
      event({ type: 'stage_opened', stage: name, attempt: 1, startedAt: 1, input: null, items: [1] })
    const events = [open('rows'), open('rows[0]/cells'), waits('rows[0]/cells[0]/ask', forGo), signal('yes')]
    const { kept, starts } = retried(plan, [...events, failed('c')], 'c')
    expect(kept[2]).toMatchObject({ type: 'stage_succeeded', stage: 'rows[0]/cells[0]/ask', output: 'yes' })
    expect(starts).toEqual(['c'])
  })

  test('keeps one that failed for a child when that was handled', () => {
    const plan = planOf(
      container('guard', 'trycatch', { try: ['each'], catch: ['mend'] }),
      container('each', 'foreach', { items: [1], do: ['call'] }),
      container('call', 'workflow', { workflow: 'other' }),
      stage('mend'),
      stage('c', after('guard')),
    )
    const one = event({ type: 'stage_opened', stage: 'each', attempt: 1, startedAt: 1, input: null, items: [1] })
    const events = [one, waits('each[0]/call', forChild('exec_0')), childEnded('exec_0', 'failed'), did('mend')]
    const { words, starts } = retried(plan, [...events, failed('c')], 'c')
    expect(words).toEqual(['stage_opened each', 'attempt_failed each[0]/call', 'stage_succeeded mend'])
    expect(starts).toEqual(['c'])
  })
})
