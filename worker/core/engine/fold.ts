import type { Plan } from '../definition/plan'
import type { EpochMs } from '../kernel/time'
import { applyEvent } from './decide'
import { closeDraft, openDraft, type IterationWitness } from './draft'
import { EVENT_VERSION, type JournalEvent } from './event'
import { initialState, type ExecutionState } from './state'

/** The state a journal leads to (I3). Yields no effects: pass `resumed` to decide for those. */
export function fold(
  plan: Plan,
  acceptedAt: EpochMs,
  events: readonly JournalEvent[],
  witness: IterationWitness | null = null,
): ExecutionState {
  const draft = openDraft(initialState(plan), acceptedAt, witness)
  applyEvent(draft, { type: 'execution_accepted', v: EVENT_VERSION, at: acceptedAt })
  for (const event of events) applyEvent(draft, event)
  return closeDraft(draft)
}
