import * as z from 'zod'
import type { Json, JsonObject } from '../kernel/json'
import { LIMITS } from '../model/limits'
import type { ChatAnswer, Outcome } from './context'
import { defineComponent } from './define-component'
import { retryField, timeoutField, type RetryPolicy } from './retry-policy'
import { textField } from './text-field'

export type GeneratorConfig = {
  model: string
  temperature?: number | undefined
  system_prompt?: string | undefined
  prompt: string
  schema?: Record<string, unknown> | undefined
  provider: 'openai'
  timeout: number
  retry?: RetryPolicy | undefined
}

/** Asks for JSON in words, because not every endpoint knows a response format. */
function systemPrompt({ system_prompt, schema }: GeneratorConfig): string | undefined {
  if (schema === undefined) return system_prompt
  const demand = `Answer with one JSON value and nothing else. It must match this JSON Schema:\n${JSON.stringify(schema)}`
  return system_prompt === undefined ? demand : `${system_prompt}\n\n${demand}`
}

/** The JSON value in an answer, also when it comes in a Markdown fence; undefined when there is none. */
function jsonIn(text: string): Json | undefined {
  const fenced = /^\s*```(?:json)?\s*\n([\s\S]*?)\n?\s*```\s*$/.exec(text)
  try {
    return JSON.parse(fenced?.[1] ?? text) as Json
  } catch {
    return undefined
  }
}

function misfit(schema: Record<string, unknown>, json: Json): string | null {
  const result = z.fromJSONSchema(schema as z.core.JSONSchema.JSONSchema).safeParse(json)
  return result.success ? null : z.prettifyError(result.error)
}

function outcomeOf(answer: ChatAnswer, schema: Record<string, unknown> | undefined): Outcome {
  if (answer.kind === 'failed') {
    const { failure, retryable } = answer
    if (retryable === false) return { kind: 'failed', failure }
    const output = { error: { code: failure.code, message: failure.message } }
    return { kind: 'failed', failure, output, transient: true }
  }
  const { text, usage } = answer
  if (schema === undefined) return { kind: 'completed', output: { text, usage } }
  const json = jsonIn(text)
  const problem = json === undefined ? 'It is not JSON.' : misfit(schema, json)
  if (json !== undefined && problem === null) return { kind: 'completed', output: { text, json, usage } }
  const failure = { code: 'answer_not_in_schema', message: `The model's answer does not fit the schema. ${problem}` }
  return { kind: 'failed', failure, output: { text, usage } satisfies JsonObject, transient: true }
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
        .refine(isJsonSchema, { error: 'Not a JSON Schema that can be checked' })
        .optional()
        .meta({ title: 'Schema', description: 'JSON Schema the answer must fit; it is then also given as json.' }),
      provider: z
        .enum(['openai'])
        .default('openai')
        .meta({ title: 'Provider', description: 'Protocol of the endpoint; openai means any compatible one.' }),
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
      model: config.model,
      prompt: config.prompt,
      timeoutMs: config.timeout,
      ...(config.temperature !== undefined && { temperature: config.temperature }),
      ...(system !== undefined && { systemPrompt: system }),
    })
    return outcomeOf(answer, config.schema)
  },
})

function isJsonSchema(schema: Record<string, unknown>): boolean {
  try {
    z.fromJSONSchema(schema as z.core.JSONSchema.JSONSchema)
    return true
  } catch {
    return false
  }
}
