import type { ExecutionSummary } from '#core/shard/summary'

/** What is stored of one block of executions. */
export type BlockContents = {
  readonly ids: readonly string[]
  /** What the index is told of them. */
  readonly summaries: readonly ExecutionSummary[]
  /** Numbers of those that stored objects of their own, such as large outputs. */
  readonly storing: readonly number[]
  /** The keys the block lies under: its own, and those of stragglers. */
  readonly keys: readonly string[]
}

/** Removes what the archive holds. Whatever is gone already is no error. */
export type ArchiveCleaner = {
  look(blockKey: string, storePrefix: string): Promise<BlockContents>
  remove(keys: readonly string[]): Promise<void>
  /** Takes one execution out of its block. */
  takeOut(blockKey: string, seq: number): Promise<void>
  /** Removes what lies under a prefix, as much as one call may; true when nothing is left. */
  clear(prefix: string): Promise<boolean>
}
