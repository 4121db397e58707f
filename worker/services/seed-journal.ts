import type { Plan } from '#core/definition/plan'
import { outermostOf, splitAddress } from '#core/engine/address'
import type { JournalEvent } from '#core/engine/event'
import { fold } from '#core/engine/fold'
import { endedAt } from '#core/engine/iteration-log'
import { stageState } from '#core/engine/state'
import { isTerminalStage } from '#core/model/stage-status'
import { endedByFacts, isWait } from './ended-by-facts'
import { retryScope } from './retry-scope'

/**
 * The lines of a journal about stages that completed, or failed so that it was handled, and neither are `fromStage` nor come
 * after it. Of a foreach that ended so, all of them; of the one whose iteration `fromStage` names, those of the iterations that
 * completed, unless it collects failures: then others may have had their turn behind a failed one. `events`: what the lines
 * say, values included.
 */
export function seedJournal(
  plan: Plan,
  lines: readonly string[],
  events: readonly JournalEvent[],
  fromStage: string,
): readonly string[] {
  const byFacts = endedByFacts(plan, events)
  const told = events.map((event, place) => byFacts.get(place) ?? event)
  const isKept = createKeeper(plan, events, told, fromStage)
  const kept = told.flatMap((event, place) => {
    // A wait would be for what does not come again: what ended it stands for it.
    if (!('stage' in event) || isWait(event) || !isKept(event.stage)) return []
    return [{ event, text: byFacts.has(place) ? JSON.stringify(event) : (lines[place] ?? '') }]
  })
  const isHeard = createHearer(
    plan,
    kept.map(({ event }) => event),
  )
  return kept.filter(({ event }) => isHeard(event.stage)).map(({ text }) => text)
}

/** Whether an execution that starts from a journal has a use for what it says of a stage: another may have to end before. */
function createHearer(plan: Plan, events: readonly JournalEvent[]): (address: string) => boolean {
  const state = fold(plan, 0, events)
  return (address) => {
    const outermost = outermostOf(address)
    const { status, container } = stageState(state, outermost)
    return isTerminalStage(status) || container !== null
  }
}

/** Whether what a journal says about the stage at an address may be used again. */
function createKeeper(
  plan: Plan,
  events: readonly JournalEvent[],
  told: readonly JournalEvent[],
  fromStage: string,
): (address: string) => boolean {
  const state = fold(plan, 0, events)
  const { again, isHandled } = retryScope(plan, outermostOf(fromStage))
  const succeeded = new Set(told.flatMap((event) => (event.type === 'stage_succeeded' ? [event.stage] : [])))
  return (address) => {
    const outermost = outermostOf(address)
    const planned = plan.stages.get(outermost)
    if (planned === undefined) return false
    const { status, container } = stageState(state, outermost)
    const isLoop = planned.body !== null
    if (!again.has(outermost)) {
      if (status === 'failed') return isHandled(planned)
      return isLoop ? status === 'completed' : succeeded.has(outermost)
    }
    const isMeant = isLoop && fromStage !== outermost && outermostOf(fromStage) === outermost
    if (!isMeant || planned.document['on_error'] === 'collect' || container?.kind !== 'foreach') return false
    const way = splitAddress(address)
    return way === null || endedAt(container.ended, way.index)?.status === 'completed'
  }
}
