import { isTerminalStatus } from '#core/model/execution-status'
import { AppError } from './app-error'
import { unknown } from './caller'
import { notFinished } from './executions'
import { findExecution } from './read-execution'
import { recordAudit } from './record-audit'
import type { ServiceContext } from './service-context'

/** Removes an ended execution wherever it is kept: row, trace, outputs, index. Its idempotency key stays taken. */
export async function deleteExecution(ctx: ServiceContext, id: string): Promise<void> {
  const { record, ref, shard, organizationId, workflowId } = await findExecution(ctx, id)
  if (!isTerminalStatus(record.status)) throw notFinished(record.status)
  switch (await ctx.shards(ref, shard).erase({ organizationId, id })) {
    case 'erased':
      return recordAudit(ctx, 'execution.deleted', id, { workflowId, status: record.status })
    case 'live':
      throw notFinished('running')
    case 'busy':
      throw new AppError('unavailable', { detail: 'The execution has only just ended.', retryAfterSeconds: 1 })
    case 'unknown':
      throw unknown('execution', id)
  }
}
