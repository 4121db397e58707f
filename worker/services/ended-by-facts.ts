import type { Plan } from '#core/definition/plan'
import { EVENT_VERSION, type JournalEvent } from '#core/engine/event'
import { startFold } from '#core/engine/fold'
import { type ExecutionState, findStage, stageState, type StageState } from '#core/engine/state'

type Ended = Extract<JournalEvent, { readonly type: 'stage_succeeded' | 'attempt_failed' }>
type Waiting = Extract<JournalEvent, { readonly type: 'stage_waiting' }>

/** Whether a line says that a stage waits for a signal or a child. */
export function isWait(event: JournalEvent): event is Waiting {
  return event.type === 'stage_waiting' && event.for !== undefined
}

/**
 * The ends that a signal or the end of a child gave to stages, as lines about the stage that stand for them, by their place in
 * the journal: that of the fact, or, where the signal had come before, of the wait. In another execution the fact does not
 * come again, and a child must not be started again.
 */
export function endedByFacts(plan: Plan, events: readonly JournalEvent[]): ReadonlyMap<number, Ended> {
  const ended = new Map<number, Ended>()
  if (!events.some(isWait)) return ended
  const waits = new Map<string, Waiting>()
  const folding = foldAlong(plan)
  for (const [place, event] of events.entries()) {
    folding.add(event)
    if (isWait(event) && findStage(plan, event.stage) !== undefined) waits.set(event.stage, event)
    for (const stage of 'stage' in event ? [event.stage] : waits.keys()) {
      const wait = waits.get(stage)
      const state = wait === undefined ? null : folding.stateOf(stage)
      if (wait === undefined || state === null || state.waiting !== null) continue
      waits.delete(stage)
      // What a stage says itself ends its wait without a fact.
      const line = 'stage' in event && !isWait(event) ? null : lineOf(wait, state, event.at)
      if (line !== null) ended.set(place, line)
    }
  }
  return ended
}

/** A journal event by event; an iteration that an event ended is still seen right after it. */
function foldAlong(plan: Plan) {
  const over = new Map<string, ExecutionState>()
  const witness = (loop: string, index: number, state: ExecutionState) => void over.set(`${loop}[${index}]`, state)
  const folding = startFold(plan, 0, { witness })
  return {
    add(event: JournalEvent): void {
      over.clear()
      folding.add([event])
    },
    stateOf(address: string): StageState {
      const slash = address.lastIndexOf('/')
      const iteration = over.get(address.slice(0, Math.max(0, slash)))
      return iteration === undefined
        ? stageState(folding.state(), address)
        : stageState(iteration, address.slice(slash + 1))
    },
  }
}

function lineOf({ stage, attempt, input, startedAt }: Waiting, state: StageState, at: number): Ended | null {
  const base = { v: EVENT_VERSION, at, stage, attempt, input, ...(startedAt !== undefined && { startedAt }) }
  if (state.status === 'completed') return { ...base, type: 'stage_succeeded', output: state.output }
  if (state.status !== 'failed' || state.failure === null) return null
  return { ...base, type: 'attempt_failed', failure: state.failure }
}
