import type { PlannedStage } from '../definition/plan'
import { splitAddress } from './address'
import { advance } from './advance'
import { inIteration } from './containers/in-iteration'
import type { Draft } from './draft'

/**
 * Acts on the stage at an address, in the draft that holds it: the execution's own or that of an iteration, which then moves
 * on. Nothing happens where no such stage is, or its iteration is not at work.
 */
export function atStage(draft: Draft, address: string, act: (draft: Draft, stage: PlannedStage) => void): void {
  const way = splitAddress(address)
  const stage = draft.plan.stages.get(way?.loop ?? address)
  if (stage === undefined) return
  if (way === null) return act(draft, stage)
  inIteration(draft, stage, way.index, (inner) => {
    atStage(inner, way.inner, act)
    advance(inner)
  })
}
