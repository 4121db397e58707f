import type { Effect } from '#core/engine/effect'
import { EVENT_VERSION, type JournalEvent } from '#core/engine/event'
import type { EpochMs } from '#core/kernel/time'
import { outcomeUnknown } from '#core/model/outcome-unknown'

/** What happened to an attempt whose intent is in the journal and whose result is not: nobody knows, and nobody tries. */
export function giveUpInDoubt(
  { stage, attempt }: Extract<Effect, { type: 'start_stage' }>,
  at: EpochMs,
): Extract<JournalEvent, { type: 'attempt_failed' }> {
  const failure = outcomeUnknown('The runner was gone before it could say what became of the request.')
  return { type: 'attempt_failed', v: EVENT_VERSION, at, stage, attempt, input: null, failure }
}
