import type { Plan } from '#core/definition/plan'
import { startFold } from '#core/engine/fold'
import type { ExecutionState } from '#core/engine/state'
import type { Json } from '#core/kernel/json'
import type { EpochMs } from '#core/kernel/time'
import type { OutputStore } from '../../ports/output-store'
import { journalParts } from '../../services/runner/keep-output'

export type Replayed = {
  readonly state: ExecutionState
  /** What each stage that came to wait was given, by address. */
  readonly waits: ReadonlyMap<string, Json>
}

/** How an execution stands by its journal, and what its stages waited with. */
export async function replayWaits(
  plan: Plan,
  { acceptedAt, journal }: { readonly acceptedAt: EpochMs; readonly journal: readonly string[] },
  outputs: OutputStore,
): Promise<Replayed> {
  const folding = startFold(plan, acceptedAt)
  const waits = new Map<string, Json>()
  for await (const part of journalParts(journal, outputs, () => undefined)) {
    folding.add(part)
    for (const event of part) if (event.type === 'stage_waiting') waits.set(event.stage, event.input)
  }
  return { state: folding.state(), waits }
}
