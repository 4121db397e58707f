import type { PlannedStage } from '../../definition/plan'
import { iterationPrefix } from '../address'
import { addressIn, changeStage, closeDraft, draftStage, openInner, type Draft } from '../draft'
import { withEnded, type EndedIteration } from '../iteration-log'
import { leafOutput } from '../last-output'
import type { ExecutionState, ForeachProgress, StageState } from '../state'
import { textLength } from '../text-length'

/** Lent to an iteration while it is changed. */
const OF_THE_EXECUTION = { events: 0, signals: [] } as const

export function foreachProgress({ container }: StageState): ForeachProgress | null {
  return container?.kind === 'foreach' ? container : null
}

/** What an iteration came to; one that was stopped is cancelled even where all it still had to do succeeded. */
function endOf(state: ExecutionState, wasStopped: boolean): EndedIteration {
  if (state.failure !== null) return { status: 'failed', failure: state.failure }
  if (wasStopped || state.status !== 'completed') return { status: 'cancelled' }
  return { status: 'completed', output: leafOutput(state) }
}

function keep(draft: Draft, loop: PlannedStage, index: number, inner: Draft, progress: ForeachProgress): void {
  const state: ExecutionState = { ...closeDraft(inner), ...OF_THE_EXECUTION }
  const open = new Map(progress.open)
  if (state.status === 'live') {
    open.set(index, state)
    return changeStage(draft, loop, { container: { ...progress, open } })
  }
  open.delete(index)
  draft.witness?.(addressIn(draft, loop), index, state)
  const end = endOf(state, progress.stoppedBecause !== null)
  const resultChars = progress.resultChars + (end.status === 'completed' ? textLength(end.output) : 0)
  const caught =
    progress.caught ?? (end.status === 'failed' && loop.document['on_error'] !== 'collect' ? end.failure : null)
  const ended = withEnded(progress.ended, index, end)
  changeStage(draft, loop, { container: { ...progress, open, ended, resultChars, caught } })
}

/**
 * Changes an iteration that is at work: `act` gets a draft of it, and has to follow the consequences there. When it has
 * ended, only its result is kept. The foreach is looked at again.
 */
export function inIteration(draft: Draft, loop: PlannedStage, index: number, act: (inner: Draft) => void): void {
  const before = foreachProgress(draftStage(draft, loop))?.open.get(index)
  if (before === undefined) return
  changeIteration(draft, loop, index, before, act)
}

/** The same for one that has not begun. */
export function changeIteration(
  draft: Draft,
  loop: PlannedStage,
  index: number,
  before: ExecutionState,
  act: (inner: Draft) => void,
): void {
  const inner = openInner(draft, iterationPrefix(draft.prefix, loop.id, index), before)
  act(inner)
  draft.signals = inner.signals
  draft.startedAt ??= inner.startedAt
  draft.active += inner.active - before.active
  const progress = foreachProgress(draftStage(draft, loop))
  if (progress !== null) keep(draft, loop, index, inner, progress)
  draft.queue.push(loop.id)
}
