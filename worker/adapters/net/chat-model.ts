import * as z from 'zod'
import type { ChatAnswer, ChatRequest } from '#core/components/context'
import type { JsonObject } from '#core/kernel/json'
import type { Failure } from '#core/model/failure'
import type { ChatModel } from '../../ports/chat-model'
import type { HttpSender } from '../../ports/http-sender'
import { type EgressPolicy, portOf } from './egress-policy'
import { createHttpSender, type HttpSenderDeps } from './http-sender'

export type ChatModelSettings = {
  /** Where an OpenAI-compatible API lives, such as `https://api.openai.com/v1`; empty = none. */
  readonly baseUrl: string
  readonly apiKey: string
}

const Completion = z.object({
  choices: z.array(z.object({ message: z.object({ content: z.string() }) })).min(1),
  usage: z.record(z.string(), z.json()).nullish(),
})

const UNAVAILABLE: Failure = {
  code: 'ai_unavailable',
  message: 'No language model is configured.',
  hint: 'Set AI_BASE_URL and AI_API_KEY to any OpenAI-compatible endpoint.',
}

/** Asks the configured endpoint, under the same egress rules as stages; only the operator's own host is exempt from them. */
export function createChatModel(settings: ChatModelSettings, deps: HttpSenderDeps): ChatModel {
  if (!URL.canParse(settings.baseUrl))
    return async () => ({ kind: 'failed', failure: UNAVAILABLE, durationMs: 0, retryable: false })
  const base = new URL(settings.baseUrl)
  const send = createHttpSender({ ...deps, policy: allowingHost(deps.policy, base) })
  return (request, signal) =>
    complete(send, `${base.href.replace(/\/+$/, '')}/chat/completions`, settings.apiKey, request, signal)
}

function allowingHost(policy: EgressPolicy, base: URL): EgressPolicy {
  return { ...policy, allowHosts: new Set([...policy.allowHosts, `${base.hostname}:${portOf(base)}`]) }
}

async function complete(
  send: HttpSender,
  url: string,
  apiKey: string,
  request: ChatRequest,
  signal: AbortSignal | undefined,
): Promise<ChatAnswer> {
  const { model, temperature, systemPrompt, prompt, timeoutMs } = request
  const messages = [
    ...(systemPrompt === undefined ? [] : [{ role: 'system', content: systemPrompt }]),
    { role: 'user', content: prompt },
  ]
  const body = JSON.stringify({ model, ...(temperature === undefined ? {} : { temperature }), messages })
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json',
    ...(apiKey === '' ? {} : { authorization: `Bearer ${apiKey}` }),
  }
  const answer = await send({ url, method: 'POST', headers, body, timeoutMs }, signal)
  if (answer.kind === 'failed') return answer
  const { status, text, durationMs } = answer
  if (status < 200 || status > 299) {
    const retryable = status >= 500 || status === 429 || status === 408
    return { kind: 'failed', failure: refusalOf(status, text), durationMs, retryable }
  }
  const completion = parseCompletion(text)
  if (completion === null) {
    const message = 'The model endpoint did not answer with a chat completion.'
    const hint = 'AI_BASE_URL must be the root of an OpenAI-compatible API, such as https://api.openai.com/v1.'
    return { kind: 'failed', failure: { code: 'ai_bad_answer', message, hint }, durationMs }
  }
  return { kind: 'answer', ...completion, durationMs }
}

function refusalOf(status: number, text: string): Failure {
  const details = { status, body: text.slice(0, 1_000) }
  if (status === 429) {
    const hint = 'Retry later, or raise the limit of the model account.'
    return { code: 'ai_rate_limited', message: 'The model endpoint asks for fewer requests.', hint, details }
  }
  const hint = status === 401 || status === 403 ? 'Check AI_API_KEY.' : 'Check the model name and the prompt.'
  return { code: 'ai_refused', message: `The model endpoint answered ${status}.`, hint, details }
}

function parseCompletion(text: string): { text: string; usage: JsonObject } | null {
  try {
    const parsed = Completion.safeParse(JSON.parse(text))
    if (!parsed.success) return null
    return { text: parsed.data.choices[0]?.message.content ?? '', usage: (parsed.data.usage ?? {}) as JsonObject }
  } catch {
    return null
  }
}
