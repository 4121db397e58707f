import * as z from 'zod'
import type { Json } from '../kernel/json'
import { readCode } from './code-source'
import { defineComponent, type ConfigFinding } from './define-component'
import { timeoutField } from './retry-policy'

const SECRET_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/

type CodeConfig = { source: string; inputs?: unknown; secrets: string[]; timeout: number }

function checkSource({ source }: Readonly<Record<string, unknown>>): readonly ConfigFinding[] {
  if (typeof source !== 'string' || source === '') return []
  const read = readCode(source)
  if (read.ok) return []
  const { code, message, line, column, hint } = read.error
  return [{ pointer: '/source', code, message: `${message} (line ${line}, column ${column})`, hint }]
}

export const code = defineComponent({
  type: 'code',
  title: 'Code',
  description: 'Runs JavaScript in an isolate of its own and gives what its function returns.',
  kind: 'task',
  config: (t) =>
    z.strictObject({
      source: z
        .string()
        .min(1)
        .meta({
          title: 'Source',
          description:
            'A module such as: export default async function (inputs, { secrets, log, fetch, execution }) { return inputs }. ' +
            'Statements that return a value will do as well. Taken as written: {{ }} means nothing here.',
          format: 'javascript',
        }),
      inputs: z.unknown().optional().meta({
        title: 'Inputs',
        description: 'First argument of the function: any JSON, may hold {{ expressions }}. Empty: {}.',
      }),
      secrets: z
        .array(z.string().regex(SECRET_NAME, 'Not the name of a secret'))
        .default([])
        .meta({ title: 'Secrets', description: 'Names of the secrets the function may read; it is handed no others.' }),
      timeout: timeoutField(t),
    }) satisfies z.ZodType<CodeConfig>,
  safety: () => 'unsafe',
  raw: ['source'],
  check: checkSource,
  secrets: ({ secrets }) =>
    (Array.isArray(secrets) ? (secrets as unknown[]) : []).flatMap((name, i) =>
      typeof name === 'string' ? [{ pointer: `/secrets/${i}`, name }] : [],
    ),
  run: async ({ inputs, secrets, timeout }, ctx) => {
    const answer = await ctx.code({ inputs: (inputs ?? {}) as Json, secrets, timeoutMs: timeout })
    if (answer.kind === 'failed') return { kind: 'failed', failure: answer.failure }
    return { kind: 'completed', output: answer.output }
  },
})
