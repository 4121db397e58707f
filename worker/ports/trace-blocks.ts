import type { ArchivedExecution } from '#core/shard/archive'

/** Finished executions, kept for as long as their retention class says. Writing the same block twice changes nothing. */
export type TraceBlocks = {
  write(key: string, executions: readonly ArchivedExecution[]): Promise<void>
  writeOne(key: string, execution: ArchivedExecution): Promise<void>
  /** Looks into the block first, then for the straggler's own object. */
  read(key: string, seq: number): Promise<ArchivedExecution | null>
}
