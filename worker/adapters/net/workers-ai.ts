import { excerpt } from '#core/kernel/excerpt'
import * as z from 'zod'
import type { ChatAnswer, ChatRequest } from '#core/components/context'
import type { JsonObject } from '#core/kernel/json'
import type { Clock } from '#core/kernel/time'
import type { Failure } from '#core/model/failure'
import type { ChatModel } from '../../ports/chat-model'
import { messagesOf, readCompletion } from './chat-completion'

/** As much of the platform's binding as is used. */
export type WorkersAi = {
  run(model: string, inputs: Record<string, unknown>, options?: { signal?: AbortSignal }): Promise<unknown>
}

/** What text models answer; `response` is a value when a schema was asked for. Newer ones answer chat completions. */
const Generated = z.object({ response: z.json(), usage: z.record(z.string(), z.json()).nullish() })

const UNKNOWN_MODEL = /no such model|invalid (?:or unknown )?model|5007/i
const TOO_MANY = /capacity|rate.?limit|too many|3040|3036|429/i

/** Asks a model of Workers AI through the platform's binding. */
export function createWorkersAi(ai: WorkersAi, clock: Clock): ChatModel {
  return async (request, signal) => {
    const sentAt = clock()
    const timeout = AbortSignal.timeout(request.timeoutMs)
    const stop = signal === undefined ? timeout : AbortSignal.any([signal, timeout])
    const failed = (failure: Failure, retryable: boolean): ChatAnswer => ({
      kind: 'failed',
      failure,
      durationMs: clock() - sentAt,
      retryable,
    })
    try {
      const answer = readAnswer(await untilStopped(ai.run(request.model, inputsOf(request), { signal: stop }), stop))
      if (answer !== null) return { kind: 'answer', ...answer, durationMs: clock() - sentAt }
      return failed({ code: 'ai_bad_answer', message: 'Workers AI did not answer with a text.', hint: NO_TEXT }, false)
    } catch (thrown) {
      if (signal?.aborted === true)
        return failed({ code: 'http_aborted', message: 'The request was given up because its execution ended.' }, false)
      if (timeout.aborted) return failed(timedOut(request.timeoutMs), true)
      return refused(thrown, failed)
    }
  }
}

const NO_TEXT = 'Choose a model that generates text.'

function inputsOf(request: ChatRequest): JsonObject {
  const { temperature, tokensMax, schema } = request
  return {
    messages: messagesOf(request),
    ...(temperature !== undefined && { temperature }),
    ...(tokensMax !== undefined && { max_tokens: tokensMax }),
    ...(schema !== undefined && { response_format: { type: 'json_schema', json_schema: schema } }),
  }
}

/** The binding need not heed a signal: whoever waits is let go all the same. */
function untilStopped(work: Promise<unknown>, stop: AbortSignal): Promise<unknown> {
  const stopped = new Promise<never>((_resolve, reject) => {
    if (stop.aborted) reject(stop.reason as Error)
    stop.addEventListener('abort', () => reject(stop.reason as Error), { once: true })
  })
  stopped.catch(() => undefined)
  return Promise.race([work, stopped])
}

function readAnswer(answer: unknown): ReturnType<typeof readCompletion> {
  const generated = Generated.safeParse(answer)
  if (!generated.success || generated.data.response === null) return readCompletion(answer)
  const { response, usage } = generated.data
  const text = typeof response === 'string' ? response : JSON.stringify(response)
  return { text, usage: (usage ?? {}) as JsonObject }
}

function timedOut(timeoutMs: number): Failure {
  const message = `No complete answer within ${timeoutMs} ms.`
  return { code: 'http_timeout', message, hint: 'Raise "timeout", or choose a faster model.' }
}

function refused(thrown: unknown, failed: (failure: Failure, retryable: boolean) => ChatAnswer): ChatAnswer {
  const reason = thrown instanceof Error ? excerpt(thrown.message, 300) : 'no reason given'
  if (UNKNOWN_MODEL.test(reason)) {
    const hint = 'Write a model as Workers AI names it, such as @cf/meta/llama-3.3-70b-instruct-fp8-fast.'
    return failed({ code: 'ai_refused', message: `Workers AI refused the request: ${reason}`, hint }, false)
  }
  if (TOO_MANY.test(reason)) {
    const message = `Workers AI asks for fewer requests: ${reason}`
    return failed({ code: 'ai_rate_limited', message, hint: 'Retry later, or choose a smaller model.' }, true)
  }
  const hint = 'Check the model name and the prompt.'
  return failed({ code: 'ai_refused', message: `Workers AI failed: ${reason}`, hint }, true)
}
