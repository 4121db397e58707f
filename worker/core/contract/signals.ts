import * as z from 'zod'
import { SIGNAL_NAME, SIGNAL_NAME_RULE } from '../model/signal-name'
import { defineOperation } from './operation'

const SignalParams = z.object({ id: z.string(), name: z.string().regex(SIGNAL_NAME, SIGNAL_NAME_RULE) })

/** The call that ends a wait. */
export const signalOperations = {
  sendSignal: defineOperation({
    method: 'POST',
    path: '/v1/executions/{id}/signals/{name}',
    tag: 'Executions',
    summary: 'Sends a signal to an execution; repeats with one Idempotency-Key are one signal',
    scope: 'executions:manage',
    params: SignalParams,
    body: z.strictObject({
      payload: z.unknown().default(null).describe('The output of the stage that waits; at most 256 KB'),
    }),
    bodyOptional: true,
    ownIdempotency: true,
    refusals: ['execution_finished', 'idempotency_key_reused', 'too_many_signals'],
    responses: {
      200: z.object({
        executionId: z.string(),
        signal: z.string(),
        signalId: z.string(),
        status: z.enum(['recorded', 'duplicate']),
      }),
    },
  }),
}
