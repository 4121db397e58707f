import type { StageTrace, Trace } from './stage-trace.ts'

/** The name under which the page's address means a stage: `poll`, or `orders[3]/book` for one of the fourth item. */
export function stageKey({ address }: Pick<StageTrace, 'address'>): string {
  return address
}

/** The stage the page's address means. Without one: the stage that failed; null is the execution as a whole. */
export function selectedStage(trace: Trace, wanted: string | null, failedStage: string | undefined): StageTrace | null {
  if (wanted === '') return null
  if (wanted !== null) return trace.stages.find((stage) => stageKey(stage) === wanted) ?? null
  return trace.stages.find((stage) => stageKey(stage) === failedStage && stage.status === 'failed') ?? null
}
