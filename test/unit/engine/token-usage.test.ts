import { describe, expect, it } from 'vitest'
import { buildTrace } from '#core/engine/trace'
import { planOf } from '../../support/plan-of'
import { ACCEPTED_AT, runPlan } from '../../support/run-plan'

const schema = { type: 'object', required: ['cause'] }

describe('the trace of a generator', () => {
  it('adds up the tokens of all its attempts, those whose answer did not match too', async () => {
    const plan = planOf([{ id: 'ask', component: 'generator', config: { model: 'm', prompt: 'Why?', schema } }])
    const answers = ['{}', '{"cause":"disk"}']
    const ai = () => ({
      kind: 'answer' as const,
      text: answers.shift() ?? '{}',
      usage: { prompt_tokens: 5, total_tokens: 9, details: { cached: 1 } },
      durationMs: 1,
    })
    const { events } = await runPlan(plan, { ai })
    const subject = { executionId: 'exec_1', version: 'v1', acceptedAt: ACCEPTED_AT, triggerType: 'manual', input: {} }
    const [stage] = buildTrace(plan, { ...subject, status: 'completed' }, events).stages
    expect(stage?.status).toBe('completed')
    expect(stage?.metadata).toMatchObject({ retries: 1, usage: { prompt_tokens: 10, total_tokens: 18 } })
  })
})
