import type { PlannedDependency, PlannedStage } from '../definition/plan'
import { isJsonObject } from '../kernel/json'
import { isTerminalStage, type StageStatus } from '../model/stage-status'
import { containerPart } from './containers/container-part'
import { draftStage, type Draft } from './draft'
import { plannedStage, type StageState } from './state'

/** What may happen to a pending stage now. */
type Readiness =
  { readonly kind: 'wait' } | { readonly kind: 'start' } | { readonly kind: 'skip'; readonly because: string }

const WAIT: Readiness = { kind: 'wait' }
const START: Readiness = { kind: 'start' }
const skip = (because: string): Readiness => ({ kind: 'skip', because })

const ENDS: Readonly<Record<StageStatus, string>> = {
  pending: 'is pending',
  running: 'is running',
  waiting: 'is waiting',
  completed: 'completed',
  failed: 'failed',
  skipped: 'was skipped',
  cancelled: 'was cancelled',
}

/** Whether a dependency ended in a way that lets its dependents run. */
function isGood(stage: PlannedStage, { status }: StageState): boolean {
  return status === 'completed' || (status === 'failed' && stage.onError === 'continue')
}

/** The lists a branch chose, as its output names them. */
function takenLists({ output }: StageState): readonly unknown[] {
  const taken = isJsonObject(output) ? output['taken'] : null
  return Array.isArray(taken) ? taken : []
}

function judgeContainer(draft: Draft, container: NonNullable<PlannedStage['container']>): Readiness | null {
  const planned = plannedStage(draft.plan, container.id)
  const owner = draftStage(draft, planned)
  if (owner.status === 'pending') return WAIT
  if (isTerminalStage(owner.status)) return skip(`${container.id} ${ENDS[owner.status]}`)
  return containerPart(planned).isOpen(owner, container.list) ? null : WAIT
}

function judgeChooser(draft: Draft, chooser: NonNullable<PlannedStage['chooser']>): Readiness | null {
  const branch = draftStage(draft, plannedStage(draft.plan, chooser.id))
  if (!isTerminalStage(branch.status)) return WAIT
  if (branch.status !== 'completed') return skip(`${chooser.id} ${ENDS[branch.status]}`)
  const taken = takenLists(branch)
  return chooser.lists.some((list) => taken.includes(list)) ? null : skip(`${chooser.id} took ${taken.join(', ')}`)
}

/** Why nothing new starts in the scope of a stage; null while it goes on. */
function scopeEnded(draft: Draft, { container }: PlannedStage): string | null {
  if (container === null) return draft.failure === null ? null : `execution failed at ${draft.failure.stage}`
  const planned = plannedStage(draft.plan, container.id)
  return containerPart(planned).endedBecause(planned, draftStage(draft, planned), container.list)
}

function judgeDependencies(draft: Draft, stage: PlannedStage): Readiness {
  let good = 0
  let bad: PlannedDependency | null = null
  for (const dependency of stage.dependsOn) {
    const waitedFor = draftStage(draft, plannedStage(draft.plan, dependency.waitsFor))
    if (!isTerminalStage(waitedFor.status)) return WAIT
    const named = plannedStage(draft.plan, dependency.stage)
    if (isGood(named, draftStage(draft, named))) good++
    else bad ??= dependency
  }
  if (bad === null || stage.join === 'always' || (stage.join === 'any' && good > 0)) return START
  const ended = draftStage(draft, plannedStage(draft.plan, bad.stage)).status
  return skip(
    stage.join === 'any'
      ? `none of the stages it depends on completed`
      : `depends on ${bad.stage}, which ${ENDS[ended]}`,
  )
}

/**
 * Judges a pending stage (I6): its container must be in the stage's phase, its branch must have chosen it, its scope
 * must go on, and what it depends on must be terminal; then `join` says whether it starts.
 */
export function judgeReadiness(draft: Draft, stage: PlannedStage): Readiness {
  if (!stage.enabled) return skip('disabled')
  const gate =
    (stage.container && judgeContainer(draft, stage.container)) ?? (stage.chooser && judgeChooser(draft, stage.chooser))
  if (gate !== null) return gate
  const ended = stage.join === 'always' ? null : scopeEnded(draft, stage)
  return ended === null ? judgeDependencies(draft, stage) : skip(ended)
}
