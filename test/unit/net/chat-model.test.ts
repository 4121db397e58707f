import { describe, expect, it } from 'vitest'
import { createChatModel } from '../../../worker/adapters/net/chat-model'

const REQUEST = {
  provider: 'openai',
  idempotencyKey: 'exec_1:ask',
  model: 'gpt-4',
  temperature: 0.3,
  systemPrompt: 'Be brief.',
  prompt: 'Why?',
  timeoutMs: 5_000,
} as const
const policy = { ownHosts: new Set<string>(), allowHosts: new Set<string>(), hostMap: new Map<string, URL>() }

function modelAnswering(status: number, body: unknown, baseUrl = 'http://127.0.0.1:9001/v1/', apiKey = 'sk-1') {
  const sent: { url: string; init: RequestInit }[] = []
  const model = createChatModel(
    { baseUrl, apiKey },
    {
      policy,
      clock: () => 0,
      fetch: async (url, init) => {
        sent.push({ url: url.href, init })
        return new Response(typeof body === 'string' ? body : JSON.stringify(body), { status })
      },
    },
  )
  return { model, sent }
}

const completion = { choices: [{ message: { role: 'assistant', content: 'Because.' } }], usage: { total_tokens: 7 } }

describe('a language model (S141)', () => {
  it('is asked as OpenAI-compatible endpoints expect, wherever the operator put it', async () => {
    const { model, sent } = modelAnswering(200, completion)
    expect(await model(REQUEST)).toEqual({
      kind: 'answer',
      text: 'Because.',
      usage: { total_tokens: 7 },
      durationMs: 0,
    })
    expect(sent[0]!.url).toBe('http://127.0.0.1:9001/v1/chat/completions')
    expect(new Headers(sent[0]!.init.headers).get('authorization')).toBe('Bearer sk-1')
    expect(JSON.parse(sent[0]!.init.body as string)).toEqual({
      model: 'gpt-4',
      temperature: 0.3,
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Why?' },
      ],
    })
  })

  it('that is not configured fails with what to set, and is not asked again', async () => {
    const { model, sent } = modelAnswering(200, completion, '')
    expect(await model(REQUEST)).toMatchObject({
      kind: 'failed',
      failure: { code: 'ai_unavailable', hint: expect.stringContaining('AI_BASE_URL') },
      retryable: false,
    })
    expect(sent).toEqual([])
  })

  it.for([
    [401, { error: 'key' }, 'ai_refused', false],
    [400, { error: 'model' }, 'ai_refused', false],
    [429, {}, 'ai_rate_limited', true],
    [503, 'down', 'ai_refused', true],
    [200, 'not json', 'ai_bad_answer', undefined],
    [200, { choices: [] }, 'ai_bad_answer', undefined],
    [200, { choices: [{ message: { content: null } }] }, 'ai_bad_answer', undefined],
  ] as const)('that answers %i %o fails as %s', async ([status, body, code, retryable]) => {
    const { model } = modelAnswering(status, body)
    const answer = await model(REQUEST)
    expect(answer).toMatchObject({ kind: 'failed', failure: { code } })
    expect(answer.kind === 'failed' && answer.retryable).toBe(retryable)
  })

  it('cannot send us on to a private address', async () => {
    const { sent } = modelAnswering(200, completion)
    const model = createChatModel(
      { baseUrl: 'http://127.0.0.1:9001', apiKey: 'sk-1' },
      { policy, clock: () => 0, fetch: async () => Response.redirect('http://127.0.0.1:9002/', 307) },
    )
    expect(await model(REQUEST)).toMatchObject({ kind: 'failed', failure: { code: 'egress_denied' } })
    expect(sent).toEqual([])
  })
})
