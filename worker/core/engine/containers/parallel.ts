import type { PlannedStage } from '../../definition/plan'
import type { Json, JsonObject } from '../../kernel/json'
import { changeStage, draftStage, type Draft } from '../draft'
import { lastOutput } from '../last-output'
import type { ParallelProgress, StageState } from '../state'
import { ENDED, type ContainerEnd, type ContainerPart } from './container'
import { isListOver, stagesIn, wakeList } from './stages-in'
import { stopStage } from './stop-stage'

// Owns which branches of a parallel are open. Talks to advance (readiness of the stages inside) through the queue only.
// I9: at most `max_concurrency` branches are open at a time · I6: a branch opens once and is over when its stages are.

function progressOf({ container }: StageState): ParallelProgress | null {
  return container?.kind === 'parallel' ? container : null
}

const branchOf = (list: string) => Number(list.slice('branches/'.length))

function concurrencyOf({ document, lists }: PlannedStage): number {
  const max = document['max_concurrency']
  return typeof max === 'number' ? max : lists.length
}

const collects = ({ document }: PlannedStage) => document['on_error'] === 'collect'

/** Stages of a branch that no other stage of it waits for. */
function leavesOf(stages: readonly PlannedStage[]): readonly PlannedStage[] {
  const waitedFor = new Set(
    stages.flatMap(({ dependsOn, chooser }) => [chooser?.id, ...dependsOn.map((dependency) => dependency.waitsFor)]),
  )
  return stages.filter(({ id, enabled }) => enabled && !waitedFor.has(id))
}

function branchOutput(draft: Draft, container: PlannedStage, progress: ParallelProgress, branch: number): JsonObject {
  const stages = stagesIn(draft, container, container.lists[branch]?.list ?? '')
  const states = (among: readonly PlannedStage[]) => among.map((stage) => draftStage(draft, stage))
  const failure = progress.failures[branch] ?? null
  if (failure !== null) {
    const { code, message, stage = null } = failure
    return { status: 'failed', output: null, error: { code, message, stage } }
  }
  if (states(stages).some(({ status }) => status === 'cancelled')) return { status: 'cancelled', output: null }
  const ordered = stages.toSorted((a, b) => a.order - b.order)
  const output: Json = lastOutput(states(leavesOf(ordered))) ?? lastOutput(states(ordered)) ?? null
  return { status: 'completed', output }
}

function endParallel(draft: Draft, container: PlannedStage, progress: ParallelProgress): ContainerEnd {
  const { caught, stoppedBecause } = progress
  const output = { branches: container.lists.map((_, branch) => branchOutput(draft, container, progress, branch)) }
  if (stoppedBecause !== null) {
    changeStage(draft, container, { status: 'cancelled', skippedBecause: stoppedBecause, endedAt: draft.at, output })
    return ENDED
  }
  if (caught === null) {
    changeStage(draft, container, { status: 'completed', endedAt: draft.at, output })
    return ENDED
  }
  changeStage(draft, container, { output })
  return { kind: 'failed', failure: caught }
}

function stopBranches(draft: Draft, container: PlannedStage, progress: ParallelProgress, because: string): void {
  changeStage(draft, container, { container: progress })
  for (const { list } of container.lists) {
    for (const stage of stagesIn(draft, container, list)) stopStage(draft, stage, because)
  }
}

/** Opens as many branches as may be open beside those that are not over. */
function openBranches(draft: Draft, container: PlannedStage, progress: ParallelProgress): void {
  const { lists } = container
  const atWork = lists.slice(0, progress.opened).filter(({ list }) => !isListOver(draft, container, list)).length
  const opened = Math.min(lists.length, progress.opened + Math.max(0, concurrencyOf(container) - atWork))
  if (opened === progress.opened) return
  changeStage(draft, container, { container: { ...progress, opened } })
  for (const { list } of lists.slice(progress.opened, opened)) wakeList(draft, container, list)
}

export const parallelPart: ContainerPart = {
  start(draft, container) {
    const failures = container.lists.map(() => null)
    const progress = { kind: 'parallel', opened: 0, failures, caught: null, stoppedBecause: null } as const
    changeStage(draft, container, { container: progress })
  },
  walk(draft, container) {
    const state = draftStage(draft, container)
    const { stopping } = state
    let progress = progressOf(state)
    if (progress === null) return null
    if (stopping !== null && progress.stoppedBecause === null) {
      progress = { ...progress, stoppedBecause: stopping }
      stopBranches(draft, container, progress, stopping)
    }
    if (container.lists.every(({ list }) => isListOver(draft, container, list)))
      return endParallel(draft, container, progress)
    if (progress.caught === null && progress.stoppedBecause === null) openBranches(draft, container, progress)
    return null
  },
  isOpen(state, list) {
    const progress = progressOf(state)
    return progress !== null && state.stopping === null && branchOf(list) < progress.opened
  },
  endedBecause(container, state, list) {
    const failure = progressOf(state)?.failures[branchOf(list)] ?? null
    return failure === null ? null : `branch ${branchOf(list) + 1} of ${container.id} failed at ${failure.stage}`
  },
  hearFailure(draft, container, list, failure) {
    const progress = progressOf(draftStage(draft, container))
    if (progress === null) return
    const branch = branchOf(list)
    const failures = progress.failures.with(branch, progress.failures[branch] ?? failure)
    if (collects(container) || progress.caught !== null || progress.stoppedBecause !== null) {
      changeStage(draft, container, { container: { ...progress, failures } })
      return wakeList(draft, container, list)
    }
    const because = `branch ${branch + 1} of ${container.id} failed at ${failure.stage}`
    stopBranches(draft, container, { ...progress, failures, caught: failure }, because)
  },
}
