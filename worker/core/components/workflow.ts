import * as z from 'zod'
import { isJsonObject, type Json, type JsonObject } from '../kernel/json'
import { LIMITS } from '../model/limits'
import { defineComponent } from './define-component'
import { textField } from './text-field'

type WorkflowConfig = { workflow: string; input?: unknown; wait: boolean }

export const workflow = defineComponent({
  type: 'workflow',
  title: 'Workflow',
  description: 'Starts another workflow of the same environment, and waits for what it answers.',
  kind: 'task',
  config: (t): z.ZodType<WorkflowConfig> =>
    z.strictObject({
      workflow: textField({
        title: 'Workflow',
        description: 'Id or name of a workflow of the same organization that is live in the same environment.',
        lengthMin: 1,
      }),
      input: z.unknown().optional().meta({ title: 'Input', description: 'An object; absent = empty.' }),
      wait: t(
        z.boolean().meta({
          title: 'Wait',
          description: 'false: goes on at once with {executionId}; a failure of the other workflow is then its own.',
        }),
      ).default(true),
    }) as z.ZodType<WorkflowConfig>,
  safety: () => 'unsafe',
  attemptsDefault: LIMITS.retryAttemptsDefault,
  isTransient: ({ transient }) => transient === true,
  run: async ({ workflow: name, input = {}, wait }, ctx) => {
    if (!isJsonObject(input as Json)) {
      const message = 'The input of a workflow must be an object.'
      const hint = 'Write its fields: "input": { "orderId": "{{ … }}" }.'
      return { kind: 'failed', failure: { code: 'input_invalid', message, hint } }
    }
    const started = await ctx.startChild({ workflow: name, input: input as JsonObject, waits: wait })
    if (started.kind === 'failed') {
      const { failure, transient = false, retryAfterMs } = started
      return { kind: 'failed', failure, transient, ...(retryAfterMs !== undefined && { retryAfterMs }) }
    }
    const { executionId } = started
    if (!wait) return { kind: 'completed', output: { executionId } }
    // Its end arrives as a fact; the instant is only the longest an execution may take.
    const until = ctx.at + LIMITS.executionTimeoutMsMax
    return { kind: 'waiting', until, for: { kind: 'child', executionId } }
  },
})
