import type { JsonObject } from '#core/kernel/json'
import { isTerminalStatus } from '#core/model/execution-status'

import { runBatch } from '../../services/run-batch'
import { type Run, runWorkflow } from '../../services/run-workflow'
import { deleteExecution } from '../../services/delete-execution'
import { cancelExecution, listExecutions, readExecution, readTrace } from '../../services/executions'
import { replayExecution, retryExecution } from '../../services/retry-execution'
import { startKey } from '../../services/start-key'
import type { Started } from '../../services/start-execution'
import { executionBody, failureBody, summaryBody, traceBody } from '../execution-body'
import type { SomeHandlers } from '../handler'
import { issueBody } from '../issue-body'

type Names =
  | 'runWorkflow'
  | 'runBatch'
  | 'listExecutions'
  | 'getExecution'
  | 'deleteExecution'
  | 'getTrace'
  | 'cancelExecution'
  | 'retryExecution'
  | 'replayExecution'

export const executionHandlers: SomeHandlers<Names> = {
  async runWorkflow({ ctx, body, idempotencyKey, fingerprint }) {
    const wish = { ...body, input: body.input as JsonObject }
    return runAnswer(body.workflowId, await runWorkflow(ctx, wish, { key: idempotencyKey, fingerprint }))
  },
  async runBatch({ ctx, body, idempotencyKey }) {
    const items = body.items.map((item) => ({ ...item, input: item.input as JsonObject }))
    const { environment, outcomes } = await runBatch(ctx, { ...body, items }, idempotencyKey)
    const accepted = outcomes.filter((outcome) => 'executionId' in outcome).length
    return {
      status: 202,
      body: {
        workflowId: body.workflowId,
        environment,
        accepted,
        refused: outcomes.length - accepted,
        items: outcomes.map((outcome) =>
          'error' in outcome
            ? { error: { ...failureBody(outcome.error), issues: outcome.error.issues.map(issueBody) } }
            : { ...outcome, status: 'pending' as const },
        ),
      },
    }
  },
  async listExecutions({ ctx, query }) {
    const page = await listExecutions(ctx, query)
    return { status: 200, body: { items: page.items.map(summaryBody), nextCursor: page.nextCursor } }
  },
  async getExecution({ ctx, params }) {
    return { status: 200, body: executionBody(await readExecution(ctx, params.id)) }
  },
  async deleteExecution({ ctx, params }) {
    await deleteExecution(ctx, params.id)
    return { status: 204, body: null }
  },
  async getTrace({ ctx, params }) {
    return { status: 200, body: traceBody(await readTrace(ctx, params.id)) }
  },
  async cancelExecution({ ctx, params, body }) {
    return { status: 200, body: { executionId: params.id, status: await cancelExecution(ctx, params.id, body.reason) } }
  },
  async retryExecution({ ctx, params, body, idempotencyKey, fingerprint }) {
    const idempotency = { key: idempotencyKey, fingerprint }
    return startedAnswer(params.id, await retryExecution(ctx, params.id, body.fromStage, idempotency))
  },
  async replayExecution({ ctx, params, body, idempotencyKey, fingerprint }) {
    const wish = { ...body, input: body.input as JsonObject | undefined }
    const key = startKey(ctx, 'replay', { key: idempotencyKey, fingerprint })
    return startedAnswer(params.id, await replayExecution(ctx, params.id, wish, key))
  },
}

function startedAnswer(replayOf: string, { accepted }: Started) {
  const headers = { location: `/v1/executions/${accepted.id}` }
  return { status: 202, body: { executionId: accepted.id, replayOf, status: 'pending' }, headers } as const
}

/** 200 with the outcome of what ended, else 202. */
export function runAnswer(workflowId: string, run: Run) {
  const { executionId, environment, version, status, result } = run
  const start = { executionId, workflowId, environment, version }
  const headers = { location: `/v1/executions/${executionId}` }
  if (isTerminalStatus(status)) {
    const error = result?.error ?? null
    const outcome = error === null ? { data: result?.output ?? null } : { error: failureBody(error) }
    return { status: 200, body: { ...start, status, ...outcome }, headers } as const
  }
  if (run.isRepeated) return { status: 200, body: { ...start, status }, headers } as const
  return { status: 202, body: { ...start, status }, headers } as const
}
