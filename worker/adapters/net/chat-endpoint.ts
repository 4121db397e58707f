import { excerpt } from '#core/kernel/excerpt'
import { retryAfterMs } from '#core/components/retry-after'
import type { ChatAnswer, ChatRequest } from '#core/components/context'
import type { Clock } from '#core/kernel/time'
import type { Failure } from '#core/model/failure'
import type { ChatModel } from '../../ports/chat-model'
import type { HttpSender } from '../../ports/http-sender'
import { completionBody, readCompletion } from './chat-completion'

export type ChatEndpoint = {
  readonly url: string
  /** Sent as a bearer token; empty = none. */
  readonly apiKey: string
  /** What its operator should look at when it refuses the key, or answers something else. */
  readonly keySetting: string
  readonly urlSetting: string
}

type Response = { readonly status: number; readonly text: string; readonly headers: Readonly<Record<string, string>> }

/** Some endpoints know no response format; the schema is in the prompt as well. */
const isFormatRefused = ({ status, text }: Response) =>
  (status === 400 || status === 422) && /response_format|json_schema/i.test(text)

/** Asks one OpenAI-compatible endpoint. */
export function createChatEndpoint(endpoint: ChatEndpoint, send: HttpSender, clock: Clock): ChatModel {
  return async (request, signal) => {
    const first = await post(endpoint, send, request, true, signal)
    const { schema, timeoutMs } = request
    const leftMs = timeoutMs - first.durationMs
    if (first.kind === 'failed' || schema === undefined || !isFormatRefused(first) || leftMs <= 0)
      return answerOf(endpoint, first, clock())
    // Another body is another request: under the first one's key it could be answered with the first one's refusal (I5).
    const plain = { ...request, idempotencyKey: `${request.idempotencyKey}:plain`, timeoutMs: leftMs }
    const second = await post(endpoint, send, plain, false, signal)
    return answerOf(endpoint, { ...second, durationMs: first.durationMs + second.durationMs }, clock())
  }
}

function post(
  { url, apiKey }: ChatEndpoint,
  send: HttpSender,
  request: ChatRequest,
  formatted: boolean,
  signal: AbortSignal | undefined,
): ReturnType<HttpSender> {
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json',
    'idempotency-key': request.idempotencyKey,
    ...(apiKey === '' ? {} : { authorization: `Bearer ${apiKey}` }),
  }
  const body = JSON.stringify(completionBody(request, formatted))
  return send({ url, method: 'POST', headers, body, timeoutMs: request.timeoutMs }, signal)
}

function answerOf(endpoint: ChatEndpoint, answer: Awaited<ReturnType<HttpSender>>, now: number): ChatAnswer {
  if (answer.kind === 'failed') return answer
  const { status, text, headers, durationMs } = answer
  if (status < 200 || status > 299) {
    const retryable = status >= 500 || status === 429 || status === 408
    const restMs = retryable ? retryAfterMs(headers['retry-after'], now) : undefined
    return {
      kind: 'failed',
      failure: refusalOf(endpoint, answer),
      durationMs,
      retryable,
      ...(restMs !== undefined && { retryAfterMs: restMs }),
    }
  }
  const completion = readCompletion(parse(text))
  if (completion !== null) return { kind: 'answer', ...completion, durationMs }
  const message = 'The model endpoint did not answer with a chat completion.'
  const hint = `${endpoint.urlSetting} must lead to an OpenAI-compatible API.`
  return { kind: 'failed', failure: { code: 'ai_bad_answer', message, hint }, durationMs }
}

function refusalOf({ keySetting }: ChatEndpoint, { status, text }: Response): Failure {
  const details = { status, body: excerpt(text, 1_000) }
  if (status === 429) {
    const hint = 'Retry later, or raise the limit of the model account.'
    return { code: 'ai_rate_limited', message: 'The model endpoint asks for fewer requests.', hint, details }
  }
  const hint = hintOf(status, keySetting)
  return { code: 'ai_refused', message: `The model endpoint answered ${status}.`, hint, details }
}

function hintOf(status: number, keySetting: string): string {
  if (status === 401 || status === 403) return `Check ${keySetting}.`
  return status >= 500 ? 'The endpoint is failing: retry later.' : 'Check the model name and the prompt.'
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return null
  }
}
