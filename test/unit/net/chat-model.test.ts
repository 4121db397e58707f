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

  it('is told how long its answer may be where a stage limits it (T-32)', async () => {
    const { model, sent } = modelAnswering(200, completion)
    await model({ ...REQUEST, tokensMax: 200 })
    expect(JSON.parse(sent[0]!.init.body as string)).toMatchObject({ max_tokens: 200 })
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
    [401, { error: 'key' }, 'ai_refused', false, 'AI_API_KEY'],
    [400, { error: 'model' }, 'ai_refused', false, 'model name'],
    [429, {}, 'ai_rate_limited', true, 'Retry later'],
    [503, 'down', 'ai_refused', true, 'retry later'],
    [200, 'not json', 'ai_bad_answer', undefined, 'AI_BASE_URL'],
    [200, { choices: [] }, 'ai_bad_answer', undefined, 'AI_BASE_URL'],
    [200, { choices: [{ message: { content: null } }] }, 'ai_bad_answer', undefined, 'AI_BASE_URL'],
  ] as const)('that answers %i %o fails as %s and says what to do', async ([status, body, code, retryable, hint]) => {
    const { model } = modelAnswering(status, body)
    const answer = await model(REQUEST)
    expect(answer).toMatchObject({ kind: 'failed', failure: { code, hint: expect.stringContaining(hint) } })
    expect(answer.kind === 'failed' && answer.retryable).toBe(retryable)
  })

  const schema = { type: 'object', properties: { cause: { type: 'string' } } }

  it('is given a schema as a response format', async () => {
    const { model, sent } = modelAnswering(200, completion)
    await model({ ...REQUEST, schema })
    expect(JSON.parse(sent[0]!.init.body as string)).toMatchObject({
      response_format: { type: 'json_schema', json_schema: { name: 'answer', schema } },
    })
  })

  it('that knows no response format is asked without it', async () => {
    const { model, sent } = modelAnswering(400, { error: { message: 'response_format is not supported' } })
    expect(await model({ ...REQUEST, schema })).toMatchObject({ failure: { code: 'ai_refused' } })
    expect(sent.map(({ init }) => 'response_format' in (JSON.parse(init.body as string) as object))).toEqual([
      true,
      false,
    ])
  })

  it('that knows no response format is asked without it under another key, the same in every attempt (I5)', async () => {
    const { model, sent } = modelAnswering(400, { error: { message: 'response_format is not supported' } })
    await model({ ...REQUEST, schema })
    await model({ ...REQUEST, schema })
    const keys = sent.map(({ init }) => new Headers(init.headers).get('idempotency-key'))
    expect(keys.slice(0, 2)).toEqual(['exec_1:ask', 'exec_1:ask:plain'])
    expect(keys.slice(2)).toEqual(keys.slice(0, 2))
  })

  it('says when its answer was cut off', async () => {
    const { model } = modelAnswering(200, { choices: [{ message: { content: '{"a' }, finish_reason: 'length' }] })
    expect(await model(REQUEST)).toMatchObject({ kind: 'answer', cutOff: true })
  })

  it('that wants to be left alone says for how long', async () => {
    const limited = new Response('{}', { status: 429, headers: { 'retry-after': '20' } })
    const model = createChatModel(
      { baseUrl: 'https://ai.example.com/v1', apiKey: '' },
      { policy, clock: () => 0, fetch: async () => limited },
    )
    expect(await model(REQUEST)).toMatchObject({ failure: { code: 'ai_rate_limited' }, retryAfterMs: 20_000 })
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

describe('Cloudflare AI Gateway', () => {
  const gateway = { accountId: 'acc', gatewayId: 'main', token: 'gw-token', apiKey: 'provider-key' }
  const asked = async (settings: Partial<typeof gateway>, fetch?: () => Promise<Response>) => {
    const sent: { url: string; headers: Headers }[] = []
    const model = createChatModel(
      { baseUrl: 'https://other.example.com/v1', apiKey: 'other-key', gateway: { ...gateway, ...settings } },
      {
        policy,
        clock: () => 0,
        fetch: async (url, init) => {
          sent.push({ url: url.href, headers: new Headers(init.headers) })
          return fetch?.() ?? new Response(JSON.stringify(completion))
        },
      },
    )
    const answer = await model({ ...REQUEST, provider: 'ai_gateway', model: 'openai/gpt-4o-mini' })
    return { answer, sent }
  }

  it('is asked at its account’s address, with its own token and the provider’s key', async () => {
    const { answer, sent } = await asked({})
    expect(answer).toMatchObject({ kind: 'answer', text: 'Because.' })
    expect(sent[0]!.url).toBe('https://gateway.ai.cloudflare.com/v1/acc/main/compat/chat/completions')
    expect(sent[0]!.headers.get('cf-aig-authorization')).toBe('Bearer gw-token')
    expect(sent[0]!.headers.get('authorization')).toBe('Bearer provider-key')
  })

  it('that is open and holds the provider’s key is sent neither', async () => {
    const { sent } = await asked({ token: '', apiKey: '' })
    expect(sent[0]!.headers.has('cf-aig-authorization')).toBe(false)
    expect(sent[0]!.headers.has('authorization')).toBe(false)
  })

  it('loses its token when it sends us elsewhere', async () => {
    let first = true
    const { sent } = await asked({}, async () => {
      const response = first
        ? Response.redirect('https://elsewhere.example.com/', 307)
        : new Response(JSON.stringify(completion))
      first = false
      return response
    })
    expect(sent).toHaveLength(2)
    expect(sent[1]!.headers.has('cf-aig-authorization')).toBe(false)
    expect(sent[1]!.headers.has('authorization')).toBe(false)
  })

  it.for([{ accountId: '' }, { gatewayId: '' }])('without %o is unavailable', async (settings) => {
    const { answer, sent } = await asked(settings)
    expect(answer).toMatchObject({
      failure: { code: 'ai_unavailable', hint: expect.stringContaining('AI_GATEWAY_ID') },
      retryable: false,
    })
    expect(sent).toEqual([])
  })
})

describe('a provider that this installation lacks', () => {
  it('is named in the failure, with what to set up', async () => {
    const model = createChatModel({ baseUrl: '', apiKey: '' }, { policy, clock: () => 0 })
    expect(await model({ ...REQUEST, provider: 'workers_ai' })).toMatchObject({
      kind: 'failed',
      failure: { code: 'ai_unavailable', hint: expect.stringContaining('AI') },
      retryable: false,
    })
  })

  it('is asked through its binding where there is one', async () => {
    const workersAi = { run: async () => ({ response: 'Because.' }) }
    const model = createChatModel({ baseUrl: '', apiKey: '', workersAi }, { policy, clock: () => 0 })
    expect(await model({ ...REQUEST, provider: 'workers_ai' })).toMatchObject({ kind: 'answer', text: 'Because.' })
  })
})
