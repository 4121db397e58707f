import type { Json } from '../kernel/json'
import type { StageState } from './state'

/** The output of whichever completed last; stages come in plan order, so that a tie goes to the later one. */
export function lastOutput(stages: readonly StageState[]): Json | undefined {
  let last: { readonly endedAt: number; readonly output: Json } | undefined
  for (const { status, endedAt, output } of stages) {
    if (status !== 'completed' || endedAt === null) continue
    if (last === undefined || endedAt >= last.endedAt) last = { endedAt, output }
  }
  return last?.output
}
