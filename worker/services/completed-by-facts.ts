import type { Plan } from '#core/definition/plan'
import { EVENT_VERSION, type JournalEvent } from '#core/engine/event'
import { fold } from '#core/engine/fold'
import { stageState } from '#core/engine/state'

type Succeeded = Extract<JournalEvent, { readonly type: 'stage_succeeded' }>
type Waiting = Extract<JournalEvent, { readonly type: 'stage_waiting' }>

const isFact = ({ type }: JournalEvent) => type === 'signal_received' || type === 'child_finished'

/** Whether a line says that a stage waits for a signal or a child. */
export function isWait(event: JournalEvent): event is Waiting {
  return event.type === 'stage_waiting' && event.for !== undefined
}

/**
 * The stages outside of loops that a signal or the end of a child completed, as the success that stands for it, by the place
 * of the fact in the journal. In another execution the fact does not come again, and a child must not be started again.
 */
export function completedByFacts(plan: Plan, events: readonly JournalEvent[]): ReadonlyMap<number, Succeeded> {
  const completed = new Map<number, Succeeded>()
  const waits = new Map(events.filter(isWait).map((event) => [event.stage, event]))
  if (waits.size === 0) return completed
  const state = fold(plan, 0, events)
  for (const [stage, { attempt, input, startedAt }] of waits) {
    if (!plan.stages.has(stage)) continue
    const { status, output, endedAt } = stageState(state, stage)
    const place = events.findLastIndex((event) => isFact(event) && event.at === endedAt)
    if (status !== 'completed' || endedAt === null || place < 0) continue
    const base = { v: EVENT_VERSION, at: endedAt, stage, attempt, input, output }
    completed.set(place, {
      ...base,
      type: 'stage_succeeded',
      ...(startedAt !== undefined && { startedAt }),
    })
  }
  return completed
}
