import type { ExecutionSummary } from '#core/shard/summary'

/** Keeps the list of executions up to date; a summary with an older `rev` never overwrites a newer one. */
export type ExecutionIndex = {
  upsert(summaries: readonly ExecutionSummary[]): Promise<void>
}
