import type { PlannedStage } from '../definition/plan'
import { LIMITS } from '../model/limits'
import { iterationPrefix } from './address'
import type { IterationWitness } from './draft'
import { endedAt } from './iteration-log'
import { PENDING, type ExecutionState, type ForeachProgress, type StageState } from './state'
import type { IterationCounts } from './trace'

/** A stage as it ran in one place, with how it stands there. */
export type TracePlace = {
  readonly stage: PlannedStage
  readonly state: StageState
  readonly address: string
  readonly parent: string | null
  readonly iteration: number | null
  readonly iterations: IterationCounts | null
  /** Some of its iterations are left out. */
  readonly isCut: boolean
}

/** Iterations as they were when they ended: the state of the execution keeps their results only. */
export class EndedIterations {
  readonly #byLoop = new Map<string, Map<number, ExecutionState>>()

  readonly witness: IterationWitness = (loop, index, state) => {
    const known = this.#byLoop.get(loop)
    if (known === undefined) this.#byLoop.set(loop, new Map([[index, state]]))
    else known.set(index, state)
  }

  of(loop: string): ReadonlyMap<number, ExecutionState> {
    return this.#byLoop.get(loop) ?? new Map()
  }
}

function countsOf({ items, ended, begun, open }: ForeachProgress, shown: number): IterationCounts {
  const failed = ended.flat().filter((end) => end?.status === 'failed').length
  return { total: items.length, ended: begun - open.size, failed, shown }
}

class Surveyor {
  readonly #iterations: EndedIterations
  readonly #places: TracePlace[] = []
  /** Stages of iterations that still fit the trace. */
  #room: number = LIMITS.traceIterationStagesMax

  constructor(iterations: EndedIterations) {
    this.#iterations = iterations
  }

  survey(state: ExecutionState): readonly TracePlace[] {
    this.#visit(state, '', null)
    return this.#places
  }

  #visit(state: ExecutionState, prefix: string, around: { loop: string; index: number } | null): void {
    const stages = [...state.plan.stages.values()].sort((a, b) => a.index - b.index)
    for (const stage of stages) {
      const own = state.stages[stage.order] ?? PENDING
      const address = prefix + stage.id
      const parent = stage.container?.id ?? around?.loop ?? null
      const place = { stage, state: own, address, parent, iteration: around?.index ?? null }
      const progress = own.container?.kind === 'foreach' ? own.container : null
      if (progress === null) this.#places.push({ ...place, iterations: null, isCut: false })
      else this.#visitLoop({ ...place, iterations: null, isCut: false }, progress, prefix)
    }
  }

  #visitLoop(place: TracePlace, progress: ForeachProgress, prefix: string): void {
    const { stage, address } = place
    const known = [...this.#iterations.of(address), ...progress.open]
    const shown = this.#chosen(known, progress, stage.body?.order.length ?? 1)
    const iterations = countsOf(progress, shown.length)
    this.#places.push({ ...place, iterations, isCut: shown.length < known.length })
    for (const [index, state] of shown)
      this.#visit(state, iterationPrefix(prefix, stage.id, index), { loop: stage.id, index })
  }

  /** As many iterations as there is room for: those that failed first, then from the start; in their order. */
  #chosen(
    known: readonly (readonly [number, ExecutionState])[],
    { ended }: ForeachProgress,
    stagesEach: number,
  ): readonly (readonly [number, ExecutionState])[] {
    const hasFailed = (index: number) => Number(endedAt(ended, index)?.status === 'failed')
    const ranked = known.toSorted(([a], [b]) => hasFailed(b) - hasFailed(a) || a - b)
    const count = Math.min(ranked.length, Math.max(0, Math.floor(this.#room / stagesEach)))
    this.#room -= count * stagesEach
    return ranked.slice(0, count).toSorted(([a], [b]) => a - b)
  }
}

/** Every stage of an execution in the order of the document, behind a foreach the stages of its iterations. */
export function tracePlaces(state: ExecutionState, iterations: EndedIterations): readonly TracePlace[] {
  return new Surveyor(iterations).survey(state)
}
