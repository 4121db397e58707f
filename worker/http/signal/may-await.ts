import type { Plan } from '#core/definition/plan'
import { isTerminalStage } from '#core/model/stage-status'
import { initialState, PENDING, type ExecutionState, type ForeachProgress } from '#core/engine/state'

type Stages = Pick<ExecutionState, 'plan' | 'stages'>

/** Whether a stage waits for a signal of this name, or may still come to. */
export function mayAwait({ plan, stages }: Stages, name: string): boolean {
  for (const [order, id] of plan.order.entries()) {
    const stage = plan.stages.get(id)
    const { status, waiting, container } = stages[order] ?? PENDING
    if (stage === undefined || isTerminalStage(status)) continue
    if (waiting?.for !== undefined) {
      if (waiting.for.kind === 'signal' && waiting.for.name === name) return true
    } else if (stage.type === 'wait_for_signal' && mayBe(stage.document['signal'], name)) return true
    if (stage.body === null) continue
    if (
      container?.kind === 'foreach' ? mayAwaitIn(container, stage.body, name) : mayAwait(initialState(stage.body), name)
    )
      return true
  }
  return false
}

function mayAwaitIn(
  { items, begun, open, caught, stoppedBecause }: ForeachProgress,
  body: Plan,
  name: string,
): boolean {
  const mayBegin = begun < items.length && caught === null && stoppedBecause === null
  if (mayBegin && mayAwait(initialState(body), name)) return true
  return [...open.values()].some((iteration) => mayAwait(iteration, name))
}

/** What an expression will say is not known before. */
function mayBe(written: unknown, name: string): boolean {
  return written === name || (typeof written === 'string' && written.includes('{{'))
}
