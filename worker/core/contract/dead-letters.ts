import * as z from 'zod'
import { DEAD_LETTER_KINDS } from '../model/dead-letter'
import { InstantFilter } from './executions'
import { defineOperation } from './operation'
import { ActorShape, IdParam, Instant, pageOf, pageQuery } from './page'
import { START_REFUSALS } from './start-refusals'

export const DeadLetterShape = z
  .object({
    id: z.string(),
    kind: z
      .enum(DEAD_LETTER_KINDS)
      .describe(
        'poisoned: every runner died on it; outcome_unknown: it may or may not have taken effect; doorbell: a queue message nobody could answer',
      ),
    executionId: z.string().nullable().describe('Null for a doorbell, which names no execution'),
    workflowId: z.string(),
    workflowName: z.string().describe('As it is called now'),
    deploymentId: z.string(),
    environment: z.string(),
    code: z.string(),
    message: z.string(),
    stage: z.string().nullable(),
    createdAt: Instant,
    redrivenAt: Instant.nullable(),
    redrivenBy: ActorShape.nullable(),
    redrivenExecutionId: z.string().nullable(),
  })
  .meta({ id: 'DeadLetter' })
export type DeadLetterAnswer = z.output<typeof DeadLetterShape>

/** The calls about work that was given up. */
export const deadLetterOperations = {
  listDeadLetters: defineOperation({
    method: 'GET',
    path: '/v1/dead-letters',
    tag: 'Executions',
    summary: 'Lists what was given up and waits for somebody to look at it, newest first',
    scope: 'executions:read',
    query: z.strictObject({
      ...pageQuery('dl'),
      kind: z.enum(DEAD_LETTER_KINDS).optional(),
      since: InstantFilter.optional(),
    }),
    responses: { 200: pageOf(DeadLetterShape) },
  }),
  redriveDeadLetter: defineOperation({
    method: 'POST',
    path: '/v1/dead-letters/{id}/redrive',
    tag: 'Executions',
    summary: 'Runs a given-up execution again, once; a repeat answers the same execution',
    scope: 'executions:run',
    params: IdParam,
    body: z.strictObject({}),
    bodyOptional: true,
    ownIdempotency: true,
    refusals: START_REFUSALS,
    responses: { 200: DeadLetterShape },
  }),
}
