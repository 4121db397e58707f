import * as z from 'zod'
import { VersionReferenceShape } from './deploy'
import { defineOperation } from './operation'
import { ReferenceShape } from './page'
import { IssueShape } from './problem'
import { runOptions } from './run-options'
import { LIMITS } from '../model/limits'
import { START_REFUSALS } from './start-refusals'

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
      ...runOptions,
    }),
    ownIdempotency: true,
    refusals: ['not_found', 'environment_required', 'idempotency_key_reused', ...START_REFUSALS],
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
  runBatch: defineOperation({
    method: 'POST',
    path: '/v1/workflows/run/batch',
    tag: 'Executions',
    summary: 'Starts up to 500 executions; each item is accepted or refused by itself',
    scope: 'executions:run',
    body: z.strictObject({
      workflowId: ReferenceShape,
      environment: ReferenceShape.optional(),
      version: VersionReferenceShape.optional(),
      items: z
        .array(
          z.strictObject({
            input: z.record(z.string(), z.unknown()).default({}),
            idempotencyKey: z
              .string()
              .regex(/^[\x20-\x7e]{1,255}$/, 'A key has 1 to 255 printable ASCII characters.')
              .optional(),
            ...runOptions,
          }),
        )
        .min(1)
        .max(LIMITS.batchRunsMax),
    }),
    refusals: ['not_found', 'environment_required', ...START_REFUSALS],
    responses: {
      202: z.object({
        workflowId: z.string(),
        environment: z.string(),
        accepted: z.int(),
        refused: z.int(),
        items: z
          .array(
            z.union([
              z.object({ executionId: z.string(), status: z.enum(['pending']), repeated: z.boolean() }),
              z.object({ error: FailureShape.extend({ issues: z.array(IssueShape) }) }),
            ]),
          )
          .describe('In the order of the items sent'),
      }),
    },
  }),
}
