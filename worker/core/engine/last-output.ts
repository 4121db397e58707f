import type { Json } from '../kernel/json'
import { stageState, type ExecutionState, type StageState } from './state'

/** The output of whichever completed last; stages come in plan order, so that a tie goes to the later one. */
export function lastOutput(stages: readonly StageState[]): Json | undefined {
  let last: { readonly endedAt: number; readonly output: Json } | undefined
  for (const { status, endedAt, output } of stages) {
    if (status !== 'completed' || endedAt === null) continue
    if (last === undefined || endedAt >= last.endedAt) last = { endedAt, output }
  }
  return last?.output
}

/** What the last completed leaf of a plan gave; when every leaf was skipped, the last stage of its root scope. */
export function leafOutput(state: ExecutionState): Json {
  const { plan } = state
  const among = (ids: readonly string[]) => lastOutput(ids.map((id) => stageState(state, id)))
  return among(plan.leaves) ?? among(plan.root) ?? null
}
