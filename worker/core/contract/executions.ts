import * as z from 'zod'
import { EXECUTION_STATUSES } from '../model/execution-status'
import { STAGE_STATUSES } from '../model/stage-status'
import { InstantShape } from './instant-shape'
import { defineOperation } from './operation'
import { ActorShape, IdParam, Instant, pageOf, pageQuery, ReferenceShape } from './page'
import { FailureShape } from './run'
import { START_REFUSALS } from './start-refusals'

const summary = {
  executionId: z.string(),
  workflowId: z.string(),
  workflowName: z.string(),
  deploymentId: z.string(),
  environment: z.string(),
  version: z.string(),
  status: z.enum(EXECUTION_STATUSES),
  trigger: z.string(),
  triggerId: z.string().nullable(),
  acceptedAt: Instant,
  startsAt: Instant.nullable().describe('What `delay` asked for: it does not start before; null = at once'),
  expiresAt: Instant.nullable().describe(
    'What `ttl` asked for: not begun by then it is timed_out; null = it never lapses',
  ),
  startedAt: Instant.nullable(),
  endedAt: Instant.nullable(),
  duration: z.int().nullable().describe('Milliseconds from start to end; null until it ended'),
  triggeredBy: ActorShape.nullable(),
  error: FailureShape.nullable(),
  test: z.boolean(),
  replayOf: z.string().nullable(),
  parentExecutionId: z.string().nullable().describe('The execution whose workflow stage started it'),
  tags: z.array(z.string()),
}

export const ExecutionSummaryShape = z.object(summary).meta({ id: 'ExecutionSummary' })
export const ExecutionShape = z
  .object({
    ...summary,
    input: z.unknown(),
    output: z.unknown(),
  })
  .meta({ id: 'Execution' })
export type ExecutionAnswer = z.output<typeof ExecutionShape>

const AttemptShape = z.object({
  number: z.int(),
  startedAt: Instant.nullable(),
  duration: z.int().nullable(),
  output: z.unknown(),
  error: FailureShape.nullable(),
})

const StageTraceShape = z
  .object({
    node: z.string(),
    component: z.string(),
    address: z.string().describe('Unique in the trace: node, and before it the iterations around it: orders[3]/book'),
    parent: z.string().nullable().describe('The container it ran in'),
    iteration: z.int().nullable().describe('Of the innermost foreach around it, from 0'),
    iterations: z
      .object({ total: z.int(), ended: z.int(), failed: z.int(), shown: z.int() })
      .nullable()
      .describe('Of a foreach: how many there are, and how many of them have their stages in this trace'),
    status: z.enum(STAGE_STATUSES),
    startedAt: Instant.nullable(),
    endedAt: Instant.nullable(),
    duration: z.int().nullable(),
    input: z.unknown(),
    output: z.unknown(),
    error: FailureShape.nullable(),
    skippedBecause: z.string().nullable(),
    logs: z.array(z.looseObject({ level: z.string(), message: z.string() })),
    attempts: z.array(AttemptShape),
    metadata: z.object({
      requestTime: z.number().nullable(),
      retries: z.int(),
      cached: z.boolean(),
      mocked: z.boolean().optional().describe('Given with the test; the stage did not run'),
      childExecutionId: z.string().optional().describe('The execution a workflow stage started last'),
      usage: z.record(z.string(), z.number()).optional().meta({
        description: 'What all attempts used of a language model, such as total_tokens.',
      }),
    }),
  })
  .meta({ id: 'StageTrace' })

export const TraceShape = z
  .object({
    executionId: z.string(),
    status: z.enum(EXECUTION_STATUSES),
    version: z.string(),
    complete: z.boolean(),
    truncated: z.boolean(),
    trigger: z.object({ type: z.string(), input: z.unknown(), receivedAt: Instant }),
    stages: z.array(StageTraceShape),
  })
  .meta({ id: 'Trace' })

export const DATE_RANGES = ['last_hour', 'last_24_hours', 'last_7_days', 'last_30_days'] as const
export const STATUS_ALIASES: Readonly<Record<string, (typeof EXECUTION_STATUSES)[number]>> = {
  in_progress: 'running',
  success: 'completed',
  unprocessed: 'pending',
}

const statusWords = [...EXECUTION_STATUSES, ...Object.keys(STATUS_ALIASES)]
const StatusFilter = z.enum(statusWords).transform((word) => STATUS_ALIASES[word] ?? word)
export const InstantFilter = z.union([InstantShape, z.iso.date()])

const started = z.object({ executionId: z.string(), replayOf: z.string(), status: z.enum(EXECUTION_STATUSES) })
const reading = { method: 'GET', tag: 'Executions', scope: 'executions:read' } as const
const entry = { method: 'POST', tag: 'Executions', params: IdParam } as const

/** The calls about what ran. */
export const executionOperations = {
  listExecutions: defineOperation({
    ...reading,
    path: '/v1/executions',
    summary: 'Lists executions, newest first',
    query: z.strictObject({
      ...pageQuery('exec'),
      workflowId: z.string().optional(),
      environment: z.string().optional(),
      status: StatusFilter.optional(),
      trigger: z.string().optional(),
      version: z.string().optional(),
      tag: z.string().optional(),
      dateRange: z.enum(DATE_RANGES).optional(),
      from: InstantFilter.optional(),
      to: InstantFilter.optional(),
      test: z.stringbool().optional(),
      parentExecutionId: z
        .string()
        .optional()
        .describe('Those its workflow stages started, with tests unless `test` says otherwise'),
    }),
    responses: { 200: pageOf(ExecutionSummaryShape) },
  }),
  getExecution: defineOperation({
    ...reading,
    path: '/v1/executions/{id}',
    summary: 'Reads one execution',
    params: IdParam,
    responses: { 200: ExecutionShape },
  }),
  deleteExecution: defineOperation({
    method: 'DELETE',
    path: '/v1/executions/{id}',
    tag: 'Executions',
    summary: 'Removes an execution that has ended, with its trace and outputs, for good',
    scope: 'executions:manage',
    params: IdParam,
    refusals: ['execution_not_finished'],
    responses: { 204: null },
  }),
  getTrace: defineOperation({
    ...reading,
    path: '/v1/executions/{id}/trace',
    summary: 'Reads what happened, stage by stage',
    params: IdParam,
    responses: { 200: TraceShape },
  }),
  cancelExecution: defineOperation({
    ...entry,
    path: '/v1/executions/{id}/cancel',
    summary: 'Stops an execution that has not ended',
    scope: 'executions:manage',
    body: z.strictObject({ reason: z.string().max(2000).optional() }),
    bodyOptional: true,
    refusals: ['execution_finished'],
    responses: { 200: z.object({ executionId: z.string(), status: z.enum(EXECUTION_STATUSES) }) },
  }),
  retryExecution: defineOperation({
    ...entry,
    path: '/v1/executions/{id}/retry',
    summary: 'Runs an execution again from a stage, keeping what was done before it',
    scope: 'executions:run',
    body: z.strictObject({ fromStage: ReferenceShape.optional() }),
    bodyOptional: true,
    refusals: [
      'execution_not_finished',
      'nothing_to_retry',
      'stage_unknown',
      'output_gone',
      'journal_too_long',
      ...START_REFUSALS,
    ],
    responses: { 202: started },
  }),
  replayExecution: defineOperation({
    ...entry,
    path: '/v1/executions/{id}/replay',
    summary: 'Runs the same input again from the start',
    scope: 'executions:run',
    body: z.strictObject({
      version: z.union([z.int().min(1), z.string().min(1).max(128)]).optional(),
      environment: ReferenceShape.optional(),
      input: z.record(z.string(), z.unknown()).optional(),
    }),
    bodyOptional: true,
    refusals: START_REFUSALS,
    responses: { 202: started },
  }),
}
