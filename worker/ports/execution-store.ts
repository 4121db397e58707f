import type { Page, PageQuery } from '#core/contract/page'
import type { EpochMs } from '#core/kernel/time'
import type { ExecutionSummary } from '#core/shard/summary'

export type ExecutionQuery = PageQuery & {
  readonly workflowId?: string | undefined
  readonly environment?: string | undefined
  readonly status?: string | undefined
  readonly trigger?: string | undefined
  readonly version?: string | undefined
  readonly tag?: string | undefined
  readonly parentExecutionId?: string | undefined
  readonly fromAt?: EpochMs | undefined
  readonly toAt?: EpochMs | undefined
  readonly test?: boolean | undefined
  readonly workflowIds?: readonly string[] | undefined
  readonly environments?: readonly string[] | undefined
}

/** Lists the executions of one organization, newest first. */
export type ExecutionStore = {
  list(query: ExecutionQuery): Promise<Page<ExecutionSummary>>
}
