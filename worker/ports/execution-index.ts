import type { ExecutionSummary } from '#core/shard/summary'

/** The searchable index of executions. Upserts are idempotent; an older `rev` never overwrites a newer one. */
export type ExecutionIndex = { upsert(summaries: readonly ExecutionSummary[]): Promise<void> }
