import type { StageTrace, Trace } from './stage-trace.ts'

/** The name under which the address means a stage: `poll`, or `poll.3` for its fourth iteration. */
export function stageKey({ node, iteration }: Pick<StageTrace, 'node' | 'iteration'>): string {
  return iteration === null ? node : `${node}.${iteration}`
}

/** The stage an address means. Without one: the stage that failed; null is the execution as a whole. */
export function selectedStage(trace: Trace, wanted: string | null, failedStage: string | undefined): StageTrace | null {
  if (wanted === '') return null
  if (wanted !== null) return trace.stages.find((stage) => stageKey(stage) === wanted) ?? null
  return trace.stages.find(({ node, status }) => node === failedStage && status === 'failed') ?? null
}
