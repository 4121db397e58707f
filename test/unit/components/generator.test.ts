import { describe, expect, it } from 'vitest'
import type { ChatAnswer, ChatRequest, ComponentContext } from '#core/components/context'
import { generator, type GeneratorConfig } from '#core/components/generator'
import { documentConfig, resolvedConfig } from '#core/components/registry'

const USAGE = { total_tokens: 12 }

async function ask(config: Record<string, unknown>, text: string | ChatAnswer) {
  const requests: ChatRequest[] = []
  const ctx = {
    idempotencyKey: 'exec_1:ask',
    ai: async (request: ChatRequest): Promise<ChatAnswer> => {
      requests.push(request)
      return typeof text === 'string' ? { kind: 'answer', text, usage: USAGE, durationMs: 3 } : text
    },
  } as unknown as ComponentContext
  const resolved = resolvedConfig('generator').parse({ model: 'gpt-4', prompt: 'Why?', ...config }) as GeneratorConfig
  return { outcome: await generator.run(resolved, ctx), request: requests[0] }
}

describe('a generator', () => {
  it('asks with its model, temperature and prompts, and gives text and usage (S141)', async () => {
    const { outcome, request } = await ask({ temperature: 0.3, system_prompt: 'You are terse.' }, 'Because.')
    expect(request).toEqual({
      provider: 'openai',
      idempotencyKey: 'exec_1:ask',
      model: 'gpt-4',
      temperature: 0.3,
      systemPrompt: 'You are terse.',
      prompt: 'Why?',
      timeoutMs: 30_000,
    })
    expect(outcome).toEqual({ kind: 'completed', output: { text: 'Because.', usage: USAGE } })
  })

  const schema = { type: 'object', properties: { cause: { type: 'string' } }, required: ['cause'] }

  it.for(['{"cause":"disk"}', '```json\n{"cause":"disk"}\n```'])(
    'with a schema also gives the JSON in %j',
    async (text) => {
      const { outcome, request } = await ask({ schema }, text)
      expect(outcome).toMatchObject({ kind: 'completed', output: { json: { cause: 'disk' } } })
      expect(request?.systemPrompt).toContain(JSON.stringify(schema))
    },
  )

  it.for(['no json', '{"cause": 5}', '{}'])(
    'may be asked again when its answer %j does not fit the schema',
    async (text) => {
      const { outcome } = await ask({ schema }, text)
      expect(outcome).toMatchObject({ kind: 'failed', failure: { code: 'answer_mismatch' }, transient: true })
    },
  )

  it('asks for no more tokens than it is allowed, and may not be allowed none (T-32)', async () => {
    expect((await ask({ max_tokens: 200 }, 'Because.')).request).toMatchObject({ tokensMax: 200 })
    expect((await ask({}, 'Because.')).request).not.toHaveProperty('tokensMax')
    for (const max_tokens of [0, -1, 1.5, 1_000_001, 'many']) {
      expect(documentConfig('generator').safeParse({ model: 'm', prompt: 'p', max_tokens }).success).toBe(false)
    }
  })

  it('passes on why there was no answer, and whether asking again may help', async () => {
    const failure = { code: 'ai_unavailable', message: 'No endpoint.' }
    const refused = await ask({}, { kind: 'failed', failure, durationMs: 0, retryable: false })
    expect(refused.outcome).toEqual({ kind: 'failed', failure })
    const dropped = await ask({}, { kind: 'failed', failure, durationMs: 0 })
    expect(dropped.outcome).toMatchObject({ kind: 'failed', failure, transient: true })
  })

  it('names the place in its answer that does not match', async () => {
    const nested = { type: 'object', properties: { list: { type: 'array', items: schema } } }
    const { outcome } = await ask({ schema: nested }, '{"list":[{"cause":"a"},{"cause":5}]}')
    expect(outcome).toMatchObject({
      failure: {
        message: expect.stringContaining('at /list/1/cause'),
        details: [{ path: '/list/1/cause', message: expect.any(String) }],
        hint: expect.any(String),
      },
      output: { usage: USAGE },
    })
  })

  it('says when its answer was cut off', async () => {
    const answer = { kind: 'answer', text: '{"cause":"di', usage: USAGE, cutOff: true, durationMs: 3 } as const
    const { outcome } = await ask({ schema }, answer)
    expect(outcome).toMatchObject({
      failure: { code: 'answer_mismatch', message: expect.stringContaining('cut off'), details: [{ path: '' }] },
    })
  })

  it('waits as long as its provider asks', async () => {
    const failure = { code: 'ai_rate_limited', message: 'Slower.' }
    const { outcome } = await ask({}, { kind: 'failed', failure, durationMs: 0, retryable: true, retryAfterMs: 9_000 })
    expect(outcome).toMatchObject({ kind: 'failed', transient: true, retryAfterMs: 9_000 })
  })

  it('hands its schema on to the provider', async () => {
    const { request } = await ask({ schema, provider: 'workers_ai' }, '{"cause":"x"}')
    expect(request).toMatchObject({ provider: 'workers_ai', schema })
  })

  it('refuses a schema that cannot be checked while the workflow is written', () => {
    const parse = (value: unknown) =>
      documentConfig('generator').safeParse({ model: 'm', prompt: 'p', schema: value }).success
    expect(parse(schema)).toBe(true)
    expect(parse({ type: 'nonsense' })).toBe(false)
  })
})
