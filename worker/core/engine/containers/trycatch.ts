import type { PlannedStage } from '../../definition/plan'
import type { JsonObject } from '../../kernel/json'
import { changeStage, draftStage, type Draft } from '../draft'
import type { StageState, TryProgress } from '../state'
import { ENDED, type ContainerEnd, type ContainerPart } from './container'
import { isListOver, stagesIn, wakeList } from './stages-in'
import { stopStage } from './stop-stage'

// Owns the three phases of a trycatch. Talks to advance (readiness of the stages inside) through the queue only.
// I6: a phase is entered once, in the order try → catch → finally, and left when its stages are terminal.

function progressOf({ container }: StageState): TryProgress | null {
  return container?.kind === 'trycatch' ? container : null
}

function enterPhase(draft: Draft, container: PlannedStage, progress: TryProgress): void {
  changeStage(draft, container, { container: progress })
  wakeList(draft, container, progress.phase)
}

function outputOf({ caught }: TryProgress): JsonObject {
  if (caught === null) return { failed: false }
  const { code, message, stage = null } = caught
  return { failed: true, error: { code, message, stage } }
}

function leaveTry(draft: Draft, container: PlannedStage, progress: TryProgress): void {
  changeStage(draft, container, { output: outputOf(progress) })
  if (progress.caught !== null && progress.stoppedBecause === null) {
    return enterPhase(draft, container, { ...progress, phase: 'catch' })
  }
  const because = progress.stoppedBecause ?? 'not needed: try succeeded'
  const status = progress.stoppedBecause === null ? 'skipped' : 'cancelled'
  for (const stage of stagesIn(draft, container, 'catch')) {
    if (draftStage(draft, stage).status !== 'pending') continue
    changeStage(draft, stage, { status, skippedBecause: because, endedAt: draft.at })
  }
  enterPhase(draft, container, { ...progress, phase: 'finally' })
}

function endContainer(draft: Draft, container: PlannedStage, progress: TryProgress): ContainerEnd {
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

/** A stop ends `try` and `catch`; the `finally` still runs, and one that runs already is left alone. */
function heedStop(draft: Draft, container: PlannedStage, progress: TryProgress, because: string): TryProgress {
  const stopped = { ...progress, stoppedBecause: because }
  changeStage(draft, container, { container: stopped })
  for (const list of ['try', 'catch']) {
    for (const stage of stagesIn(draft, container, list)) stopStage(draft, stage, because)
  }
  return stopped
}

export const trycatchPart: ContainerPart = {
  start(draft, container) {
    enterPhase(draft, container, {
      kind: 'trycatch',
      phase: 'try',
      caught: null,
      unhandled: null,
      stoppedBecause: null,
    })
  },
  walk(draft, container) {
    for (;;) {
      const state = draftStage(draft, container)
      const { stopping } = state
      let progress = progressOf(state)
      if (progress === null) return null
      if (stopping !== null && progress.stoppedBecause === null && progress.phase !== 'finally')
        progress = heedStop(draft, container, progress, stopping)
      if (!isListOver(draft, container, progress.phase)) return null
      if (progress.phase === 'finally') return endContainer(draft, container, progress)
      if (progress.phase === 'try') leaveTry(draft, container, progress)
      else enterPhase(draft, container, { ...progress, phase: 'finally' })
    }
  },
  isOpen(state, list) {
    const progress = progressOf(state)
    return progress?.phase === list && (state.stopping === null || list === 'finally')
  },
  endedBecause(container, state, list) {
    const unhandled = progressOf(state)?.unhandled ?? null
    return list !== 'catch' || unhandled === null ? null : `catch of ${container.id} failed at ${unhandled.stage}`
  },
  hearFailure(draft, container, list, failure) {
    const progress = progressOf(draftStage(draft, container))
    if (progress === null) return
    if (list !== 'try') {
      changeStage(draft, container, { container: { ...progress, unhandled: progress.unhandled ?? failure } })
      return wakeList(draft, container, progress.phase)
    }
    if (progress.caught !== null || progress.stoppedBecause !== null) return
    changeStage(draft, container, { container: { ...progress, caught: failure } })
    for (const stage of stagesIn(draft, container, 'try')) stopStage(draft, stage, `try failed at ${failure.stage}`)
  },
}
