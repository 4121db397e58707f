import type { PlannedStage } from '../../definition/plan'
import { invariant } from '../../kernel/assert'
import type { Json, JsonObject } from '../../kernel/json'
import { LIMITS } from '../../model/limits'
import type { Failure } from '../../model/failure'
import { iterationPrefix } from '../address'
import { checkOutput } from '../check-output'
import { changeStage, draftStage, type Draft } from '../draft'
import { endedAt } from '../iteration-log'
import { initialState, plannedStage, type ForeachProgress } from '../state'
import { ENDED, type ContainerEnd, type ContainerPart } from './container'
import { changeIteration, foreachProgress, inIteration } from './in-iteration'
import { stopStage } from './stop-stage'

// Owns which iterations of a foreach are at work. Each is an execution of the body, moved by the same rules as any.
// I9: at most `max_concurrency` are open at a time · an iteration is begun once, and keeps only its result when it is over.

type Follow = (inner: Draft) => void

const NEVER_OPEN = new Map<number, never>()

function concurrencyOf({ document }: PlannedStage): number {
  const max = document['max_concurrency']
  return typeof max === 'number' ? max : LIMITS.foreachConcurrencyDefault
}

/** Gives a foreach its items: from now on it is what its iterations are. */
export function openForeach(draft: Draft, loop: PlannedStage, items: readonly Json[]): void {
  const progress: ForeachProgress = {
    kind: 'foreach',
    items,
    afterEvent: draft.events,
    begun: 0,
    open: NEVER_OPEN,
    ended: [],
    resultChars: 0,
    caught: null,
    stoppedBecause: null,
  }
  changeStage(draft, loop, { container: progress })
  draft.queue.push(loop.id)
}

function beginIteration(draft: Draft, loop: PlannedStage, progress: ForeachProgress, follow: Follow): void {
  invariant(loop.body !== null, `the foreach ${loop.id} is planned with a body`)
  const index = progress.begun
  changeStage(draft, loop, { container: { ...progress, begun: index + 1 } })
  changeIteration(draft, loop, index, initialState(loop.body), (inner) => {
    inner.acceptedAt = draft.at
    // It takes the place of another iteration, but builds on nothing that one did.
    inner.events = progress.afterEvent
    inner.queue.push(...inner.plan.order)
    follow(inner)
  })
}

/** Aborts what the iterations do; containers in them still run their `finally`. Those not begun never begin. */
function stopIterations(draft: Draft, loop: PlannedStage, progress: ForeachProgress, because: string, follow: Follow) {
  changeStage(draft, loop, { container: { ...progress, stoppedBecause: because } })
  for (const index of progress.open.keys()) {
    inIteration(draft, loop, index, (inner) => {
      for (const id of inner.plan.root) stopStage(inner, plannedStage(inner.plan, id), because)
      follow(inner)
    })
  }
}

/** Why its iterations have to stop; null while they go on. */
function stopsBecause(draft: Draft, loop: PlannedStage, { caught, resultChars }: ForeachProgress): string | null {
  const { stopping } = draftStage(draft, loop)
  if (stopping !== null) return stopping
  if (caught !== null) return `${loop.id} failed at ${caught.stage}`
  return resultChars > LIMITS.outputBytesMax ? `the results of ${loop.id} are too large` : null
}

function errorOf(draft: Draft, loop: PlannedStage, index: number, { code, message, stage }: Failure): JsonObject {
  const prefix = iterationPrefix(draft.prefix, loop.id, index)
  const inside = stage?.startsWith(prefix) === true ? stage.slice(prefix.length) : (stage ?? null)
  return { index, code, message, stage: inside }
}

function outputOf(draft: Draft, loop: PlannedStage, { items, ended }: ForeachProgress): JsonObject {
  const results: Json[] = []
  const errors: Json[] = []
  for (let index = 0; index < items.length; index++) {
    const end = endedAt(ended, index)
    results.push(end?.status === 'completed' ? end.output : null)
    if (end?.status === 'failed') errors.push(errorOf(draft, loop, index, end.failure))
  }
  return { results, errors }
}

function endForeach(draft: Draft, loop: PlannedStage, progress: ForeachProgress): ContainerEnd {
  const { stopping } = draftStage(draft, loop)
  const checked = checkOutput(outputOf(draft, loop, progress))
  const output = checked.ok ? checked.value : null
  if (stopping !== null) {
    changeStage(draft, loop, { status: 'cancelled', skippedBecause: stopping, endedAt: draft.at, output })
    return ENDED
  }
  const failure = progress.caught ?? (checked.ok ? null : checked.error)
  if (failure === null) {
    changeStage(draft, loop, { status: 'completed', endedAt: draft.at, output })
    return ENDED
  }
  changeStage(draft, loop, { output })
  return { kind: 'failed', failure }
}

export const foreachPart: ContainerPart = {
  walk(draft, loop, follow) {
    for (;;) {
      const progress = foreachProgress(draftStage(draft, loop))
      if (progress === null) return null
      const because = progress.stoppedBecause ?? stopsBecause(draft, loop, progress)
      if (because !== null && progress.stoppedBecause === null) {
        stopIterations(draft, loop, progress, because, follow)
        continue
      }
      const isBegun = because !== null || progress.begun === progress.items.length
      if (progress.open.size === 0 && isBegun) return endForeach(draft, loop, progress)
      if (isBegun || progress.open.size >= concurrencyOf(loop)) return null
      beginIteration(draft, loop, progress, follow)
    }
  },
  isOpen: () => false,
  endedBecause: () => null,
  hearFailure: () => undefined,
}
