import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Caller, caller } from '../support/server/caller'
import { deployNew } from '../support/server/deploy-new'
import { ended } from '../support/server/ended'
import { type Ai, startAi } from '../support/server/start-ai'
import { type RunningServer, startServer } from '../support/server/start-server'

let ai: Ai
let server: RunningServer
let call: Caller

beforeAll(async () => {
  ai = await startAi()
  server = await startServer(ai.env)
  call = caller(server.url, server.apiKey)
})
afterAll(async () => {
  await server.discard()
  await ai.end()
})

const schema = { type: 'object', properties: { cause: { type: 'string' } }, required: ['cause'] }

/** Asks the model once, and tells how that went: its execution, its stage in the trace, and what was asked. */
async function ask(config: Record<string, unknown>) {
  const timeout = config.model === 'hang' ? 1_000 : 30_000
  const generator = { id: 'ask', component: 'generator', config: { prompt: 'Why?', timeout, ...config } }
  const { workflowId } = await deployNew(call, { triggers: [{ type: 'manual' }], stages: [generator] })
  const started = await call('POST', '/v1/workflows/run', { workflowId, input: {} })
  const execution = await ended(call, started.body.executionId)
  const trace = await call('GET', `/v1/executions/${execution.executionId}/trace`)
  const own = `${execution.executionId}:ask`
  const asked = (await ai.asked()).filter(({ key }) => key === own || key === `${own}:plain`)
  return { execution, stage: trace.body.stages[0], asked }
}

describe('what a workflow learns from a model', () => {
  test('an answer comes as text, with its tokens in the output and in the trace', async () => {
    const { execution, stage } = await ask({ model: 'gpt-4' })
    expect(execution.status).toBe('completed')
    expect(stage.output).toMatchObject({ text: 'You asked: Why?', usage: { total_tokens: expect.any(Number) } })
    expect(stage.metadata.usage).toEqual(stage.output.usage)
  })

  test.concurrent.each([
    ['ok', 'completed', null, 1],
    ['no-format', 'completed', null, 2],
    ['429?times=1', 'completed', null, 2],
    ['500?times=2', 'completed', null, 3],
    ['truncated?times=1', 'completed', null, 2],
    ['429', 'failed', 'ai_rate_limited', 3],
    ['500', 'failed', 'ai_refused', 3],
    ['truncated', 'failed', 'answer_mismatch', 3],
    ['mismatch', 'failed', 'answer_mismatch', 3],
    ['prose', 'failed', 'answer_mismatch', 3],
    ['cut-body', 'failed', 'ai_bad_answer', 3],
    ['hang', 'failed', 'http_timeout', 3],
  ])('%s with a schema: %s %s after %i questions', async (model, status, code, questions) => {
    const { execution, stage, asked } = await ask({ model, schema })
    expect([execution.status, execution.error?.code ?? null]).toEqual([status, code])
    expect(asked).toHaveLength(questions)
    if (status === 'completed') expect(stage.output.json).toEqual({ cause: expect.any(String) })
  })

  test('an answer that does not match names the place', async () => {
    const { execution } = await ask({ model: 'mismatch', schema })
    expect(execution.error).toMatchObject({ message: expect.stringContaining('/cause'), details: [{ path: '/cause' }] })
  })

  test('Retry-After is waited for', async () => {
    const { stage } = await ask({ model: '429?times=1&seconds=3' })
    const [first, second] = stage.attempts
    expect(Date.parse(second.startedAt) - Date.parse(first.startedAt)).toBeGreaterThanOrEqual(3_000)
  })

  test('Cloudflare AI Gateway is asked at its address, with its token and the provider’s key', async () => {
    const { execution, asked } = await ask({ provider: 'ai_gateway', model: 'openai/gpt-4o-mini' })
    expect(execution.status).toBe('completed')
    expect(asked[0]).toMatchObject({
      path: '/v1/acc/main/compat/chat/completions',
      headers: {
        authorization: 'Bearer provider-key',
        'cf-aig-authorization': 'Bearer gateway-token',
        'x-forwarded-host': 'gateway.ai.cloudflare.com',
      },
    })
  })

  test('Workers AI, which does not exist locally, is refused with what to bind, at once', async () => {
    const { execution, stage } = await ask({
      provider: 'workers_ai',
      model: '@cf/meta/llama-3.3-70b-instruct-fp8-fast',
    })
    expect(execution.error).toMatchObject({ code: 'ai_unavailable', hint: expect.stringContaining('wrangler.toml') })
    expect(stage.attempts).toHaveLength(1)
  })
})
