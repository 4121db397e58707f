import * as z from 'zod'
import { VersionReferenceShape } from './deploy'
import { defineOperation } from './operation'
import { ReferenceShape } from './page'

/** Longest a run call waits, in milliseconds; `wait: true` means this long. */
export const RUN_WAIT_MS_MAX = 300_000

export const FailureShape = z
  .looseObject({ code: z.string(), message: z.string(), stage: z.string().optional(), hint: z.string().optional() })
  .meta({ id: 'Failure' })

const accepted = {
  executionId: z.string(),
  workflowId: z.string(),
  environment: z.string(),
  version: z.string(),
}

export const runOperations = {
  runWorkflow: defineOperation({
    method: 'POST',
    path: '/v1/workflows/run',
    tag: 'Executions',
    summary: 'Starts an execution; with `wait` answers with its outcome',
    scope: 'executions:run',
    body: z.strictObject({
      workflowId: ReferenceShape,
      environment: ReferenceShape.optional(),
      input: z.record(z.string(), z.unknown()).default({}),
      version: VersionReferenceShape.optional(),
      wait: z.union([z.boolean(), z.int().min(1).max(RUN_WAIT_MS_MAX)]).default(false),
    }),
    ownIdempotency: true,
    responses: {
      202: z.object({ ...accepted, status: z.enum(['pending', 'running', 'waiting']) }),
      200: z.object({
        ...accepted,
        status: z.enum(['pending', 'running', 'waiting', 'completed', 'failed', 'cancelled', 'timed_out']),
        data: z.unknown().optional(),
        error: FailureShape.optional(),
      }),
    },
  }),
}
