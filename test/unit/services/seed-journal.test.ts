import { describe, expect, test } from 'vitest'
import { Workflow } from '#core/definition/document'
import { compilePlan } from '#core/definition/plan'
import type { JournalEvent } from '#core/engine/event'
import { seedJournal } from '../../../worker/services/retry-execution'

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

describe('the journal a retry starts from', () => {
  test('keeps what completed beside and before the failed stage, and nothing else', () => {
    expect(seedJournal(plan, journal, 'right')).toEqual([journal[0], journal[1], journal[2], journal[4]])
  })

  test('forgets the stage it starts from and what comes after it, completed or not', () => {
    expect(seedJournal(plan, journal, 'left')).toEqual([journal[0], journal[1]])
    expect(seedJournal(plan, journal, 'start')).toEqual([])
  })
})
