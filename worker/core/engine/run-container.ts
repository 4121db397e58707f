import type { PlannedStage } from '../definition/plan'
import type { JsonObject } from '../kernel/json'
import type { Failure } from '../model/failure'
import { isTerminalStage } from '../model/stage-status'
import { changeStage, draftStage, type Draft } from './draft'
import { plannedStage, type ContainerProgress, type TryPhase } from './state'

// Owns the three phases of a trycatch. Talks to advance (readiness of the stages inside) through the queue only.
// I6: a phase is entered once, in the order try → catch → finally, and left when its stages are terminal.

type ContainerEnd = { readonly kind: 'ended' } | { readonly kind: 'failed'; readonly failure: Failure }

const ENDED: ContainerEnd = { kind: 'ended' }

function stagesIn(draft: Draft, container: PlannedStage, phase: TryPhase): readonly PlannedStage[] {
  const ids = container.lists.find(({ list }) => list === phase)?.ids ?? []
  return ids.map((id) => plannedStage(draft.plan, id))
}

function enterPhase(draft: Draft, container: PlannedStage, progress: ContainerProgress): void {
  changeStage(draft, container, { container: progress })
  for (const stage of stagesIn(draft, container, progress.phase)) draft.queue.push(stage.id)
}

function outputOf({ caught }: ContainerProgress): JsonObject {
  if (caught === null) return { failed: false }
  const { code, message, stage = null } = caught
  return { failed: true, error: { code, message, stage } }
}

/** Starts a container: its `try` stages may start. */
export function startContainer(draft: Draft, container: PlannedStage): void {
  const { at, events } = draft
  changeStage(draft, container, { status: 'running', attempt: 1, readyAt: at, startedAt: at, afterEvent: events })
  enterPhase(draft, container, { phase: 'try', caught: null, unhandled: null, stoppedBecause: null })
  draft.queue.push(container.id)
}

function leaveTry(draft: Draft, container: PlannedStage, progress: ContainerProgress): void {
  const catches = stagesIn(draft, container, 'catch')
  if (progress.caught !== null && progress.stoppedBecause === null) {
    changeStage(draft, container, { output: outputOf(progress) })
    return enterPhase(draft, container, { ...progress, phase: 'catch' })
  }
  const because = progress.stoppedBecause ?? 'not needed: try succeeded'
  const status = progress.stoppedBecause === null ? 'skipped' : 'cancelled'
  for (const stage of catches) {
    if (draftStage(draft, stage).status !== 'pending') continue
    changeStage(draft, stage, { status, skippedBecause: because, endedAt: draft.at })
  }
  enterPhase(draft, container, { ...progress, phase: 'finally' })
}

function endContainer(draft: Draft, container: PlannedStage, progress: ContainerProgress): ContainerEnd {
  const { caught, unhandled, stoppedBecause } = progress
  const output = outputOf(progress)
  if (stoppedBecause !== null) {
    changeStage(draft, container, { status: 'cancelled', skippedBecause: stoppedBecause, endedAt: draft.at, output })
    return ENDED
  }
  const isCaughtHere = stagesIn(draft, container, 'catch').length > 0
  const failure = (isCaughtHere ? null : caught) ?? unhandled
  if (failure === null) {
    changeStage(draft, container, { status: 'completed', endedAt: draft.at, output })
    return ENDED
  }
  changeStage(draft, container, { output })
  return { kind: 'failed', failure }
}

/** Moves a running container through every phase whose stages are terminal; null while one is still at work. */
export function walkPhases(draft: Draft, container: PlannedStage): ContainerEnd | null {
  for (;;) {
    const progress = draftStage(draft, container).container
    if (progress === null) return null
    const isOver = stagesIn(draft, container, progress.phase).every((stage) =>
      isTerminalStage(draftStage(draft, stage).status),
    )
    if (!isOver) return null
    if (progress.phase === 'finally') return endContainer(draft, container, progress)
    if (progress.phase === 'try') leaveTry(draft, container, progress)
    else enterPhase(draft, container, { ...progress, phase: 'finally' })
  }
}

/** Stops a stage because its scope is over: what runs is aborted, a container still runs its `finally`. */
function stopStage(draft: Draft, stage: PlannedStage, because: string): void {
  const before = draftStage(draft, stage)
  if (isTerminalStage(before.status)) return
  if (before.container !== null) return stopContainer(draft, stage, before.container, because)
  if (before.status === 'running') draft.effects.push({ type: 'abort_stage', stage: stage.id })
  changeStage(draft, stage, { status: 'cancelled', skippedBecause: because, endedAt: draft.at, waiting: null })
}

function stopContainer(draft: Draft, container: PlannedStage, progress: ContainerProgress, because: string): void {
  if (progress.phase === 'finally' || progress.stoppedBecause !== null) return
  changeStage(draft, container, { container: { ...progress, stoppedBecause: because } })
  for (const phase of ['try', 'catch'] as const) {
    for (const stage of stagesIn(draft, container, phase)) stopStage(draft, stage, because)
  }
  draft.queue.push(container.id)
}

/** Tells the scope of a failed stage: `try` ends and is caught, any other starts nothing new. */
export function endScopeAfter(draft: Draft, failed: PlannedStage, failure: Failure): void {
  if (failed.container === null) {
    draft.failure ??= failure
    draft.queue.push(...draft.plan.root)
    return
  }
  const container = plannedStage(draft.plan, failed.container.id)
  const progress = draftStage(draft, container).container
  if (progress === null) return
  if (failed.container.list !== 'try') {
    changeStage(draft, container, { container: { ...progress, unhandled: progress.unhandled ?? failure } })
    for (const stage of stagesIn(draft, container, progress.phase)) draft.queue.push(stage.id)
    return
  }
  if (progress.caught !== null || progress.stoppedBecause !== null) return
  changeStage(draft, container, { container: { ...progress, caught: failure } })
  for (const stage of stagesIn(draft, container, 'try')) stopStage(draft, stage, `try failed at ${failure.stage}`)
}
