import type { Plan } from '../definition/plan'
import type { EpochMs } from '../kernel/time'
import { applyEvent } from './decide'
import { closeDraft, openDraft, type IterationWitness } from './draft'
import { EVENT_VERSION, type JournalEvent } from './event'
import { initialState, type ExecutionState } from './state'

/** The state a journal leads to (I3), made event by event. */
export type Folding = { readonly add: (events: readonly JournalEvent[]) => void; readonly state: () => ExecutionState }

/**
 * For a journal that comes in parts: what an iteration did is forgotten as soon as it has ended. The first `kept` events are
 * another execution's: this one began behind them.
 */
export function startFold(
  plan: Plan,
  acceptedAt: EpochMs,
  { witness = null, kept = 0 }: { readonly witness?: IterationWitness | null; readonly kept?: number } = {},
): Folding {
  const draft = openDraft(initialState(plan), acceptedAt, witness)
  applyEvent(draft, { type: 'execution_accepted', v: EVENT_VERSION, at: acceptedAt })
  return {
    add(events) {
      for (const event of events) {
        applyEvent(draft, event)
        draft.effects.length = 0
        if (draft.events === kept) draft.startedAt = null
      }
    },
    state: () => closeDraft(draft),
  }
}

/** The state a journal leads to (I3). Yields no effects: pass `resumed` to decide for those. */
export function fold(
  plan: Plan,
  acceptedAt: EpochMs,
  events: readonly JournalEvent[],
  witness: IterationWitness | null = null,
): ExecutionState {
  const folding = startFold(plan, acceptedAt, { witness })
  folding.add(events)
  return folding.state()
}
