import type { Plan } from '#core/definition/plan'
import { outermostOf, splitAddress } from '#core/engine/address'
import type { JournalEvent } from '#core/engine/event'
import { fold } from '#core/engine/fold'
import { endedAt } from '#core/engine/iteration-log'
import { stageState, type ExecutionState } from '#core/engine/state'
import { completedByFacts, isWait } from './completed-by-facts'

type Line = { readonly text: string; readonly event: JournalEvent }
type StageLine = Line & { readonly event: Extract<JournalEvent, { readonly stage: string }> }

const isAboutStage = (line: Line): line is StageLine => 'stage' in line.event

/**
 * The lines of a journal about stages that completed and neither are `fromStage` nor come after it. Of a foreach that
 * completed, all of them; of the one whose iteration `fromStage` names, those of the iterations that completed, unless it
 * collects failures: then others may have had their turn behind a failed one. `events`: what the lines say, values included.
 */
export function seedJournal(
  plan: Plan,
  lines: readonly string[],
  events: readonly JournalEvent[],
  fromStage: string,
): readonly string[] {
  const again = downstreamOf(plan, outermostOf(fromStage))
  const byFacts = completedByFacts(plan, events)
  const about = lines
    .flatMap((text, i): Line[] => {
      const event = byFacts.get(i) ?? events[i]
      return event === undefined ? [] : [{ text: byFacts.has(i) ? JSON.stringify(event) : text, event }]
    })
    .filter(isAboutStage)
  const kept = [...plan.stages.values()].some(({ body }) => body !== null)
    ? createKeeper(plan, fold(plan, 0, events), fromStage)
    : () => false
  const completed = new Set(
    about.flatMap(({ event: { type, stage } }) => (type === 'stage_succeeded' && !again.has(stage) ? [stage] : [])),
  )
  const waited = new Set(about.flatMap(({ event }) => (isWait(event) ? [outermostOf(event.stage)] : [])))
  return about.flatMap(({ text, event }) => {
    const { stage } = event
    const outermost = outermostOf(stage)
    const isLoop = (plan.stages.get(outermost)?.body ?? null) !== null
    if (!isLoop) return completed.has(stage) && !isWait(event) ? [text] : []
    // A fact that ended a wait does not come again, so that what waited for one has to start over.
    return !waited.has(outermost) && kept(stage, again.has(outermost)) ? [text] : []
  })
}

/** Whether what a journal says about a stage at an address in a foreach, or about the foreach, may be used again. */
function createKeeper(plan: Plan, state: ExecutionState, fromStage: string) {
  return (address: string, isAgain: boolean): boolean => {
    const loop = outermostOf(address)
    const { status, container } = stageState(state, loop)
    if (!isAgain) return status === 'completed'
    const isMeant = fromStage !== loop && outermostOf(fromStage) === loop
    const collects = plan.stages.get(loop)?.document['on_error'] === 'collect'
    if (!isMeant || collects || container?.kind !== 'foreach') return false
    const way = splitAddress(address)
    return way === null || endedAt(container.ended, way.index)?.status === 'completed'
  }
}

/** The stage, whatever its end may set free, and the containers it runs in with all they contain. */
function downstreamOf(plan: Plan, stage: string): ReadonlySet<string> {
  const reached = new Set<string>()
  const queue = [stage]
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    const planned = plan.stages.get(id)
    if (planned === undefined || reached.has(id)) continue
    reached.add(id)
    queue.push(...planned.dependents)
    if (planned.container !== null) queue.push(planned.container.id)
  }
  return reached
}
