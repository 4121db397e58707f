import * as z from 'zod'
import type { JsonObject } from '../kernel/json'
import { LIMITS } from '../model/limits'
import { checkAnswer } from './check-answer'
import { CHAT_PROVIDERS, type ChatAnswer, type ChatProvider, type Outcome } from './context'
import { defineComponent } from './define-component'
import { isJsonSchema } from './judge-schema'
import { retryField, timeoutField, type RetryPolicy } from './retry-policy'
import { textField } from './text-field'

export type GeneratorConfig = {
  model: string
  temperature?: number | undefined
  max_tokens?: number | undefined
  system_prompt?: string | undefined
  prompt: string
  schema?: Record<string, unknown> | undefined
  provider: ChatProvider
  timeout: number
  retry?: RetryPolicy | undefined
}

const TOKENS_MOST = 1_000_000

/** Asks for JSON in words, because not every endpoint knows a response format. */
function systemPrompt({ system_prompt, schema }: GeneratorConfig): string | undefined {
  if (schema === undefined) return system_prompt
  const demand = `Answer with one JSON value and nothing else. It must match this JSON Schema:\n${JSON.stringify(schema)}`
  return system_prompt === undefined ? demand : `${system_prompt}\n\n${demand}`
}

function outcomeOf(answer: ChatAnswer, schema: Record<string, unknown> | undefined): Outcome {
  if (answer.kind === 'failed') {
    const { failure, retryable, retryAfterMs } = answer
    if (retryable === false) return { kind: 'failed', failure }
    const output = { error: { code: failure.code, message: failure.message } }
    return { kind: 'failed', failure, output, transient: true, ...(retryAfterMs !== undefined && { retryAfterMs }) }
  }
  const { text, usage, cutOff = false } = answer
  if (schema === undefined) return { kind: 'completed', output: { text, usage } }
  const json = checkAnswer(text, schema as JsonObject, cutOff)
  if (json.ok) return { kind: 'completed', output: { text, json: json.value, usage } }
  return { kind: 'failed', failure: json.error, output: { text, usage } satisfies JsonObject, transient: true }
}

export const generator = defineComponent({
  type: 'generator',
  title: 'Text generator',
  description: 'Asks a language model for a text, or for JSON that fits a schema.',
  kind: 'task',
  config: (t): z.ZodType<GeneratorConfig> =>
    z.strictObject({
      model: textField({ title: 'Model', description: "The model's name at the provider.", lengthMin: 1 }),
      temperature: t(
        z.number().min(0).max(2).meta({ title: 'Temperature', description: 'How varied the answers are, 0 to 2.' }),
      ).optional(),
      max_tokens: t(
        z.int().min(1).max(TOKENS_MOST).meta({
          title: 'Tokens',
          description: 'How long an answer may be, and with it what it may cost. Absent: as the model ends it.',
        }),
      ).optional(),
      system_prompt: textField({
        title: 'System prompt',
        description: 'Who the model is to be.',
        multiline: true,
      }).optional(),
      prompt: textField({
        title: 'Prompt',
        description: 'What to ask; may hold {{ expressions }}.',
        lengthMin: 1,
        multiline: true,
      }),
      schema: z
        .record(z.string(), z.unknown())
        .refine(isJsonSchema, {
          error: 'Not a JSON Schema that can be checked',
          params: {
            code: 'schema_invalid',
            hint: 'Write draft 2020-12 without not, if and references to other documents, with patterns that need no look-around and no back-references.',
          },
        })
        .optional()
        .meta({ title: 'Schema', description: 'JSON Schema the answer must fit; it is then also given as json.' }),
      provider: z.enum(CHAT_PROVIDERS).default('openai').meta({
        title: 'Provider',
        description:
          'Who is asked: openai means any compatible endpoint, ai_gateway the same through Cloudflare AI Gateway, workers_ai the models of Workers AI.',
      }),
      timeout: timeoutField(t),
      retry: retryField(t),
    }),
  safety: () => 'unsafe',
  late: ['/retry/condition'],
  attemptsDefault: LIMITS.retryAttemptsDefault,
  isTransient: (outcome) => outcome.transient === true,
  run: async (config, ctx) => {
    const system = systemPrompt(config)
    const answer = await ctx.ai({
      provider: config.provider,
      model: config.model,
      prompt: config.prompt,
      timeoutMs: config.timeout,
      idempotencyKey: ctx.idempotencyKey,
      ...(config.schema !== undefined && { schema: config.schema as JsonObject }),
      ...(config.temperature !== undefined && { temperature: config.temperature }),
      ...(config.max_tokens !== undefined && { tokensMax: config.max_tokens }),
      ...(system !== undefined && { systemPrompt: system }),
    })
    return outcomeOf(answer, config.schema)
  },
})
