import type { ExecutionAnswer } from '#core/contract/executions'
import type { StageTrace } from './stage-trace.ts'

type Point = Pick<StageTrace, 'node' | 'address' | 'iteration' | 'status'>

/**
 * The stages a retry may begin with: the one that failed first, then the others that were reached, as the trace has them.
 * Of the items of a foreach only the one that failed is offered, as is the whole foreach.
 */
export function retryPoints(stages: readonly Point[], failedStage: string | undefined): readonly string[] {
  const reached = stages.filter(
    ({ iteration, status }) => iteration === null && status !== 'pending' && status !== 'skipped',
  )
  const addresses = reached.map(({ address }) => address)
  return failedStage === undefined
    ? addresses
    : [failedStage, ...addresses.filter((address) => address !== failedStage)]
}

/** Whether an execution ended without doing all of its work. */
export function endedEarly({ status }: Pick<ExecutionAnswer, 'status'>): boolean {
  return status === 'failed' || status === 'timed_out' || status === 'cancelled'
}
