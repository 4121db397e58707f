import type { ExecutionAnswer } from '#core/contract/executions'
import type { StageTrace } from './stage-trace.ts'

/** Whether a retry took a stage over from the execution it repeats: the stage ended before this one was accepted. */
export function isKept(
  { endedAt }: Pick<StageTrace, 'endedAt'>,
  { replayOf, acceptedAt }: Pick<ExecutionAnswer, 'replayOf' | 'acceptedAt'>,
): boolean {
  return replayOf !== null && endedAt !== null && Date.parse(endedAt) < Date.parse(acceptedAt)
}
