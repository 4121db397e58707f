import type { Page } from '#core/contract/page'
import { compilePlan } from '#core/definition/plan'
import { buildTrace, type Trace } from '#core/engine/trace'
import type { Json } from '#core/kernel/json'
import { fromIso } from '#core/kernel/time'
import { type ExecutionStatus, isTerminalStatus } from '#core/model/execution-status'
import type { ExecutionResult } from '#core/shard/result'
import type { ExecutionSummary } from '#core/shard/summary'
import type { ExecutionQuery } from '../ports/execution-store'
import { AppError } from './app-error'
import { findExecution, type StoredExecution } from './read-execution'
import { recordAudit } from './record-audit'
import { recordRead } from './record-read'
import { readJournalToShow } from './runner/keep-output'
import type { ServiceContext } from './service-context'

const RANGES_MS = {
  last_hour: 3_600_000,
  last_24_hours: 86_400_000,
  last_7_days: 7 * 86_400_000,
  last_30_days: 30 * 86_400_000,
} as const

export type ExecutionFilter = Omit<ExecutionQuery, 'fromAt' | 'toAt' | 'workflowIds' | 'environments'> & {
  readonly dateRange?: keyof typeof RANGES_MS | undefined
  readonly from?: string | undefined
  readonly to?: string | undefined
}

/** Lists executions, newest first. `from` and `dateRange` together: the later start. */
export function listExecutions(ctx: ServiceContext, filter: ExecutionFilter): Promise<Page<ExecutionSummary>> {
  const { dateRange, from, to, ...query } = filter
  const starts = [
    ...(dateRange === undefined ? [] : [ctx.clock() - RANGES_MS[dateRange]]),
    ...(from === undefined ? [] : [fromIso(from)]),
  ]
  return ctx.stores.executions.list({
    ...query,
    // The children of a test are tests.
    test: filter.test ?? (filter.parentExecutionId === undefined ? false : undefined),
    fromAt: starts.length === 0 ? undefined : Math.max(...starts),
    toAt: to === undefined ? undefined : fromIso(to),
    workflowIds: ctx.caller.workflowIds ?? undefined,
    environments: ctx.caller.environments ?? undefined,
  })
}

/** What an execution left behind, or null while it has not ended. */
export function resultOf({ record }: Pick<StoredExecution, 'record'>): ExecutionResult | null {
  return record.result === null ? null : (JSON.parse(record.result) as ExecutionResult)
}

/** An execution for somebody to look at; of a sensitive workflow that is written down. */
export async function readExecution(ctx: ServiceContext, id: string): Promise<StoredExecution> {
  const execution = await findExecution(ctx, id)
  if (await execution.isSensitive()) await recordRead(ctx, 'execution.read', id, { workflowId: execution.workflowId })
  return execution
}

/**
 * What happened, stage by stage; also of executions that have not ended. Truncated where what a retry kept went with the
 * execution it was kept from, and where large outputs are more together than one answer holds.
 */
export async function readTrace(ctx: ServiceContext, id: string): Promise<Trace> {
  const execution = await readExecution(ctx, id)
  const { record, version } = execution
  const subject = {
    executionId: id,
    status: record.status,
    version,
    acceptedAt: record.acceptedAt,
    triggerType: record.cause.type,
    input: JSON.parse(record.payload) as Json,
  }
  const { events, isCut } = await readJournalToShow(record.journal, ctx.outputs)
  const trace = buildTrace(compilePlan(await execution.workflow()), subject, events)
  return { ...trace, truncated: trace.truncated || isCut }
}

/** Stops an execution. Nothing new is started once this answered (I14). */
export async function cancelExecution(
  ctx: ServiceContext,
  id: string,
  reason: string | undefined,
): Promise<ExecutionStatus> {
  const { record, ref, shard, organizationId } = await findExecution(ctx, id)
  if (isTerminalStatus(record.status)) throw finished(record.status)
  const actor = ctx.caller.actor.email ?? ctx.caller.actor.id
  const wish = { organizationId, seq: record.seq, reason: reason ?? 'Cancelled by request', actor }
  if ((await ctx.shards(ref, shard).cancel(wish)) !== 'recorded') {
    throw finished((await findExecution(ctx, id)).record.status)
  }
  await recordAudit(ctx, 'execution.cancelled', id, { reason: reason ?? null })
  return 'cancelled'
}

/** The refusal of what an ended execution cannot do any more. */
export function finished(status: ExecutionStatus): AppError {
  return new AppError('execution_finished', { detail: `The execution has ended: ${status}.` })
}

/** The refusal of what only an ended execution can do. */
export function notFinished(status: ExecutionStatus): AppError {
  return new AppError('execution_not_finished', { detail: `The execution has not ended: ${status}.` })
}
