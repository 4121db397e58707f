import type { PlannedStage } from '../../definition/plan'
import { isTerminalStage } from '../../model/stage-status'
import { draftStage, type Draft } from '../draft'
import { plannedStage } from '../state'

/** The stages of one list of a container. */
export function stagesIn(draft: Draft, container: PlannedStage, list: string): readonly PlannedStage[] {
  const ids = container.lists.find((own) => own.list === list)?.ids ?? []
  return ids.map((id) => plannedStage(draft.plan, id))
}

/** Whether every stage of a list has ended. */
export function isListOver(draft: Draft, container: PlannedStage, list: string): boolean {
  return stagesIn(draft, container, list).every((stage) => isTerminalStage(draftStage(draft, stage).status))
}

/** Has the stages of a list looked at. */
export function wakeList(draft: Draft, container: PlannedStage, list: string): void {
  for (const stage of stagesIn(draft, container, list)) draft.queue.push(stage.id)
}
