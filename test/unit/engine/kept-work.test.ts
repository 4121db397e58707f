import { describe, expect, test } from 'vitest'
import { Workflow } from '#core/definition/document'
import { compilePlan } from '#core/definition/plan'
import type { JournalEvent } from '#core/engine/event'
import { startFold } from '#core/engine/fold'

const ACCEPTED_AT = 1_000
const succeeded = (stage: string, at: number): JournalEvent => ({
  v: 1,
  type: 'stage_succeeded',
  stage,
  attempt: 1,
  startedAt: at - 1,
  at,
  input: null,
  output: null,
})
const opened = (items: number[]): JournalEvent => ({
  v: 1,
  type: 'stage_opened',
  stage: 'each',
  attempt: 1,
  startedAt: 10,
  at: 11,
  input: null,
  items,
})

const chain = compilePlan(
  Workflow.parse({
    name: 'chain',
    stages: [
      { id: 'a', component: 'transform', config: { value: 1 } },
      { id: 'b', component: 'transform', depends_on: ['a'], config: { value: 1 } },
    ],
  }),
)
const loop = compilePlan(
  Workflow.parse({
    name: 'loop',
    stages: [
      { id: 'each', component: 'foreach', config: { items: [1, 2], do: ['step'] } },
      { id: 'step', component: 'transform', config: { value: 1 } },
    ],
  }),
)

function startOf(plan: typeof chain, kept: readonly JournalEvent[], own: readonly JournalEvent[]) {
  const folding = startFold(plan, ACCEPTED_AT, { kept: kept.length })
  folding.add([...kept, ...own])
  return folding.state().startedAt
}

describe('an execution that took work over', () => {
  test('has not begun with it', () => {
    expect(startOf(chain, [succeeded('a', 20)], [])).toBeNull()
  })

  test('begins with the first stage it runs itself', () => {
    expect(startOf(chain, [succeeded('a', 20)], [succeeded('b', 1_500)])).toBe(1_499)
  })

  test('begins with an iteration it runs itself, though the foreach was opened before', () => {
    const kept = [opened([1, 2]), succeeded('each[0]/step', 20)]
    expect(startOf(loop, kept, [])).toBeNull()
    expect(startOf(loop, kept, [succeeded('each[1]/step', 1_500)])).toBe(1_499)
  })
})
