import * as z from 'zod'
import type { ChatAnswer, ChatRequest } from '#core/components/context'
import type { Json, JsonObject } from '#core/kernel/json'

type Answered = Pick<Extract<ChatAnswer, { kind: 'answer' }>, 'text' | 'usage' | 'cutOff'>

const Completion = z.object({
  choices: z
    .array(z.object({ message: z.object({ content: z.string() }), finish_reason: z.string().nullish() }))
    .min(1),
  usage: z.record(z.string(), z.json()).nullish(),
})

/** The messages of a request, in the words every chat completion knows. */
export function messagesOf({ systemPrompt, prompt }: ChatRequest): Json {
  return [
    ...(systemPrompt === undefined ? [] : [{ role: 'system', content: systemPrompt }]),
    { role: 'user', content: prompt },
  ]
}

/** A request as OpenAI-compatible endpoints read it. `formatted`: the schema goes along as a response format. */
export function completionBody(request: ChatRequest, formatted: boolean): JsonObject {
  const { model, temperature, tokensMax, schema } = request
  return {
    model,
    ...(temperature !== undefined && { temperature }),
    ...(tokensMax !== undefined && { max_tokens: tokensMax }),
    messages: messagesOf(request),
    ...(formatted &&
      schema !== undefined && { response_format: { type: 'json_schema', json_schema: { name: 'answer', schema } } }),
  }
}

/** What a chat completion says; null when it is none. */
export function readCompletion(completion: unknown): Answered | null {
  const parsed = Completion.safeParse(completion)
  const [choice] = parsed.data?.choices ?? []
  if (!parsed.success || choice === undefined) return null
  return {
    text: choice.message.content,
    usage: (parsed.data.usage ?? {}) as JsonObject,
    ...(choice.finish_reason === 'length' && { cutOff: true }),
  }
}
