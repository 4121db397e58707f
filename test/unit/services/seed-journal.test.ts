import { describe, expect, test } from 'vitest'
import { Workflow } from '#core/definition/document'
import { compilePlan } from '#core/definition/plan'
import { decide } from '#core/engine/decide'
import type { JournalEvent } from '#core/engine/event'
import { fold } from '#core/engine/fold'
import { seedJournal } from '../../../worker/services/seed-journal'

const stage = (id: string, ...depends_on: string[]) => ({
  id,
  component: 'transform',
  depends_on,
  config: { value: 1 },
})

const stages = [stage('start'), stage('left', 'start'), stage('right', 'start'), stage('end', 'left', 'right')]
const plan = compilePlan(Workflow.parse({ name: 'diamond', stages }))

const line = (event: JournalEvent) => JSON.stringify(event)
const started = (name: string) => line({ v: 1, at: 1, type: 'stage_started', stage: name, attempt: 1 })
const succeeded = (name: string) =>
  line({ v: 1, at: 2, type: 'stage_succeeded', stage: name, attempt: 1, input: null, output: null })
const failed = (name: string) =>
  line({
    v: 1,
    at: 2,
    type: 'attempt_failed',
    stage: name,
    attempt: 1,
    input: null,
    failure: { code: 'x', message: 'x' },
  })

const journal = [
  started('start'),
  succeeded('start'),
  started('left'),
  started('right'),
  succeeded('left'),
  failed('right'),
  line({ v: 1, at: 3, type: 'execution_failed', failure: { code: 'x', message: 'x' } }),
]

const seed = (of: typeof plan, lines: readonly string[], fromStage: string) =>
  seedJournal(
    of,
    lines,
    lines.map((text) => JSON.parse(text) as JournalEvent),
    fromStage,
  )

describe('the journal a retry starts from', () => {
  test('keeps what completed beside and before the failed stage, and nothing else', () => {
    expect(seed(plan, journal, 'right')).toEqual([journal[0], journal[1], journal[2], journal[4]])
  })

  test('forgets the stage it starts from and what comes after it, completed or not', () => {
    expect(seed(plan, journal, 'left')).toEqual([journal[0], journal[1]])
    expect(seed(plan, journal, 'start')).toEqual([])
  })
})

describe('the journal a retry from an iteration starts from', () => {
  const loop = (config: object) =>
    compilePlan(
      Workflow.parse({
        name: 'loop',
        stages: [
          stage('before'),
          {
            id: 'each',
            component: 'foreach',
            depends_on: ['before'],
            config: { items: [1, 2, 3], do: ['a'], ...config },
          },
          stage('a'),
          stage('after', 'each'),
        ],
      }),
    )
  const opened = line({
    v: 1,
    at: 1,
    type: 'stage_opened',
    stage: 'each',
    attempt: 1,
    startedAt: 1,
    input: null,
    items: [1, 2, 3],
  })
  const begun = [succeeded('before'), opened, succeeded('each[0]/a')]
  const broken = [...begun, failed('each[1]/a')]

  test('keeps the items and the iterations that completed, so that these are not sent again', () => {
    expect(seed(loop({}), broken, 'each[1]/a')).toEqual(begun)
  })

  test('leads to an execution that goes on with the others', () => {
    const state = fold(
      loop({}),
      1,
      seed(loop({}), broken, 'each[1]/a').map((text) => JSON.parse(text) as JournalEvent),
    )
    const { effects } = decide(state, { type: 'resumed', v: 1, at: 2 })
    expect(effects.map((effect) => 'stage' in effect && effect.stage)).toEqual(['each[1]/a', 'each[2]/a'])
  })

  test('from the foreach itself starts it over', () => {
    expect(seed(loop({}), broken, 'each')).toEqual([succeeded('before')])
    expect(seed(loop({ on_error: 'collect' }), broken, 'each[1]/a')).toEqual([succeeded('before')])
  })

  test('from behind a foreach keeps all of it, failures that were collected included', () => {
    const all = [...broken, succeeded('each[2]/a')]
    expect(seed(loop({ on_error: 'collect' }), [...all, failed('after')], 'after')).toEqual(all)
  })

  test('keeps what a signal or a child gave to a stage, so that nobody is asked and nothing is started again', () => {
    const stages = [
      { id: 'ask', component: 'wait_for_signal', config: { signal: 'go' } },
      { id: 'call', component: 'workflow', depends_on: ['ask'], config: { workflow: 'other' } },
      stage('last', 'call'),
    ]
    const waiting = compilePlan(Workflow.parse({ name: 'waiting', stages }))
    const waits = (name: string, fact: object, at: number) =>
      JSON.stringify({ v: 1, at, type: 'stage_waiting', stage: name, attempt: 1, input: {}, until: 99, for: fact })
    const failure = { code: 'x', message: 'x' }
    const lines = [
      waits('ask', { kind: 'signal', name: 'go' }, 1),
      line({ v: 1, at: 2, type: 'signal_received', name: 'go', signalId: 's', payload: 'yes', actor: null }),
      started('call'),
      waits('call', { kind: 'child', executionId: 'exec_c' }, 3),
      line({
        v: 1,
        at: 4,
        type: 'child_finished',
        executionId: 'exec_c',
        status: 'completed',
        output: 7,
        failure: null,
      }),
      line({ v: 1, at: 5, type: 'attempt_failed', stage: 'last', attempt: 1, input: null, failure }),
    ]
    const kept = seed(waiting, lines, 'last').map((text) => JSON.parse(text) as JournalEvent)
    expect(kept).toMatchObject([
      { type: 'stage_succeeded', stage: 'ask', output: 'yes' },
      { type: 'stage_started', stage: 'call' },
      { type: 'stage_succeeded', stage: 'call', output: 7 },
    ])
    const { effects } = decide(fold(waiting, 0, kept), { type: 'resumed', v: 1, at: 9 })
    expect(effects).toMatchObject([{ type: 'start_stage', stage: 'last' }])
    expect(seed(waiting, lines, 'call').map((text) => (JSON.parse(text) as JournalEvent).type)).toEqual([
      'stage_succeeded',
    ])
  })
})
