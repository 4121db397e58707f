import type { PlannedStage } from '../definition/plan'
import type { Effect } from './effect'

/** Whether a stage's effect must never leave twice, even when it is not known to have left once. */
export const isAtMostOnce = ({ document }: PlannedStage): boolean => document['at_most_once'] === true

/** Asks for an attempt of the stage at an address. */
export function startEffect(
  stage: PlannedStage,
  address: string,
  attempt: number,
  afterEvent: number,
): Extract<Effect, { type: 'start_stage' }> {
  return { type: 'start_stage', stage: address, attempt, afterEvent, ...(isAtMostOnce(stage) && { atMostOnce: true }) }
}
