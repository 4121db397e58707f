import { DEAD_LETTER_KINDS, type DeadLetter } from '../model/dead-letter'
import type { ExecutionSummary } from './summary'

/** Those of some summaries that were given up. Ids come from the executions', so that a repeat is the same letter; tests are not among them. */
export function deadLettersOf(summaries: readonly ExecutionSummary[], shard: number): readonly DeadLetter[] {
  return summaries.flatMap((summary) => {
    const kind = DEAD_LETTER_KINDS.find((word) => word === summary.errorCode)
    if (kind === undefined || summary.status !== 'failed' || summary.test) return []
    const { organizationId, workflowId, deploymentId, environment } = summary
    return {
      id: summary.id.replace(/^exec_/, 'dl_'),
      organizationId,
      kind,
      workflowId,
      deploymentId,
      environment,
      shard,
      executionId: summary.id,
      code: kind,
      message: summary.errorMessage ?? '',
      stage: summary.errorStage,
      createdAt: summary.endedAt ?? summary.acceptedAt,
    }
  })
}
