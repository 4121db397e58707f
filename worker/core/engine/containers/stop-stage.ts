import type { PlannedStage } from '../../definition/plan'
import { isTerminalStage } from '../../model/stage-status'
import { addressIn, changeStage, draftStage, type Draft } from '../draft'

/** Stops a stage because its scope is over: what runs is aborted; a container heeds the stop when it is walked next. */
export function stopStage(draft: Draft, stage: PlannedStage, because: string): void {
  const before = draftStage(draft, stage)
  if (isTerminalStage(before.status) || before.stopping !== null) return
  if (before.container !== null) {
    changeStage(draft, stage, { stopping: because })
    draft.queue.push(stage.id)
    return
  }
  if (before.status === 'running') draft.effects.push({ type: 'abort_stage', stage: addressIn(draft, stage) })
  changeStage(draft, stage, { status: 'cancelled', skippedBecause: because, endedAt: draft.at, waiting: null })
}
