import { describe, expect, it } from 'vitest'
import type { ChatRequest } from '#core/components/context'
import { createWorkersAi, type WorkersAi } from '../../../worker/adapters/net/workers-ai'

const REQUEST: ChatRequest = {
  provider: 'workers_ai',
  model: '@cf/meta/llama-3.3-70b-instruct-fp8-fast',
  systemPrompt: 'Be brief.',
  prompt: 'Why?',
  idempotencyKey: 'exec_1:ask',
  timeoutMs: 5_000,
}
const USAGE = { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 }

function modelAnswering(run: WorkersAi['run']) {
  const asked: unknown[] = []
  const ai: WorkersAi = {
    run: (model, inputs, options) => {
      asked.push({ model, inputs })
      return run(model, inputs, options)
    },
  }
  return { ask: createWorkersAi(ai, () => 0), asked }
}

describe('Workers AI', () => {
  it('is asked with messages, and answers text and usage', async () => {
    const { ask, asked } = modelAnswering(async () => ({ response: 'Because.', usage: USAGE }))
    expect(await ask({ ...REQUEST, temperature: 0 })).toEqual({
      kind: 'answer',
      text: 'Because.',
      usage: USAGE,
      durationMs: 0,
    })
    const messages = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Why?' },
    ]
    expect(asked).toEqual([{ model: REQUEST.model, inputs: { messages, temperature: 0 } }])
  })

  it('is told how long its answer may be where a stage limits it (T-32)', async () => {
    const { ask, asked } = modelAnswering(async () => ({ response: 'Because.' }))
    await ask({ ...REQUEST, tokensMax: 200 })
    expect(asked).toMatchObject([{ inputs: { max_tokens: 200 } }])
  })

  it('is given the schema, and its value is the answer as text', async () => {
    const schema = { type: 'object' }
    const { ask, asked } = modelAnswering(async () => ({ response: { a: 1 } }))
    expect(await ask({ ...REQUEST, schema })).toMatchObject({ kind: 'answer', text: '{"a":1}', usage: {} })
    expect(asked).toMatchObject([{ inputs: { response_format: { type: 'json_schema', json_schema: schema } } }])
  })

  it('may answer as chat completions do', async () => {
    const { ask } = modelAnswering(async () => ({
      choices: [{ message: { content: 'Cut' }, finish_reason: 'length' }],
      usage: USAGE,
    }))
    expect(await ask(REQUEST)).toMatchObject({ kind: 'answer', text: 'Cut', cutOff: true, usage: USAGE })
  })

  it('that answers no text is of no use', async () => {
    const { ask } = modelAnswering(async () => ({ data: [[0.1]] }))
    expect(await ask(REQUEST)).toMatchObject({ kind: 'failed', failure: { code: 'ai_bad_answer' }, retryable: false })
  })

  it.for([
    ['5007: No such model @cf/x or task', 'ai_refused', false],
    ['3040: Capacity temporarily exceeded, please try again.', 'ai_rate_limited', true],
    ['3036: You have used up your daily free allocation', 'ai_rate_limited', true],
    ['8001: something broke', 'ai_refused', true],
  ] as const)('that fails with %s ends as %s', async ([message, code, retryable]) => {
    const { ask } = modelAnswering(async () => {
      throw new Error(message)
    })
    expect(await ask(REQUEST)).toMatchObject({
      kind: 'failed',
      failure: { code, message: expect.stringContaining(message) },
      retryable,
    })
  })

  it('that never answers is given up in time, and when the execution ends', async () => {
    const { ask } = modelAnswering(() => new Promise(() => undefined))
    expect(await ask({ ...REQUEST, timeoutMs: 5 })).toMatchObject({
      failure: { code: 'http_timeout' },
      retryable: true,
    })
    const ended = AbortSignal.abort()
    expect(await ask(REQUEST, ended)).toMatchObject({ failure: { code: 'http_aborted' }, retryable: false })
  })
})
