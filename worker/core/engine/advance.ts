import type { PlannedStage } from '../definition/plan'
import { isTerminalStage } from '../model/stage-status'
import { containerPart } from './containers/container-part'
import { inIteration } from './containers/in-iteration'
import { addressIn, changeStage, draftStage, type Draft } from './draft'
import { judgeReadiness } from './readiness'
import { startEffect } from './start-effect'
import { plannedStage } from './state'
import type { Failure } from '../model/failure'

/** Starts an attempt: everything journaled so far is among its ancestors or does not matter to it. */
export function startAttempt(draft: Draft, stage: PlannedStage, attempt: number): void {
  const afterEvent = draft.events
  changeStage(draft, stage, {
    status: 'running',
    attempt,
    afterEvent,
    waiting: null,
    readyAt: draftStage(draft, stage).readyAt ?? draft.at,
  })
  draft.effects.push(startEffect(stage, addressIn(draft, stage), attempt, afterEvent))
}

/** Fails a stage for good; unless `on_error: continue`, its scope learns of it. */
export function failStage(draft: Draft, stage: PlannedStage, failure: Failure): void {
  changeStage(draft, stage, { status: 'failed', failure, endedAt: draft.at, waiting: null })
  if (stage.onError === 'fail')
    endScopeAfter(draft, stage, { ...failure, stage: failure.stage ?? addressIn(draft, stage) })
}

/** Tells the scope of a failed stage: the root starts nothing new, a container does what its kind does. */
function endScopeAfter(draft: Draft, { container }: PlannedStage, failure: Failure): void {
  if (container === null) {
    draft.failure ??= failure
    draft.queue.push(...draft.plan.root)
    return
  }
  const owner = plannedStage(draft.plan, container.id)
  containerPart(owner).hearFailure(draft, owner, container.list, failure)
}

/** Starts a container: the first of its stages may start. One that has to be evaluated first has an attempt. */
function startContainer(draft: Draft, container: PlannedStage): void {
  const { at, events } = draft
  const { start } = containerPart(container)
  if (start === undefined) return startAttempt(draft, container, 1)
  changeStage(draft, container, { status: 'running', attempt: 1, readyAt: at, startedAt: at, afterEvent: events })
  start(draft, container)
  draft.queue.push(container.id)
}

function visitPending(draft: Draft, stage: PlannedStage): void {
  const readiness = judgeReadiness(draft, stage)
  if (readiness.kind === 'wait') return
  if (readiness.kind === 'skip') {
    changeStage(draft, stage, { status: 'skipped', skippedBecause: readiness.because, endedAt: draft.at })
  } else if (stage.component.kind === 'container') startContainer(draft, stage)
  else startAttempt(draft, stage, 1)
}

function visit(draft: Draft, stage: PlannedStage): void {
  const { status } = draftStage(draft, stage)
  if (status === 'pending') return visitPending(draft, stage)
  if (status !== 'running' || stage.component.kind !== 'container') return
  const end = containerPart(stage).walk(draft, stage, advance)
  if (end?.kind === 'failed') failStage(draft, stage, end.failure)
}

/** Dependencies that wait for each other never end by themselves (I2): what is left is skipped. */
function skipStalled(draft: Draft): boolean {
  if (draft.active > 0 || draft.rootOpen === 0) return false
  const stalled = draft.plan.order
    .map((id) => plannedStage(draft.plan, id))
    .find((stage) => draftStage(draft, stage).status === 'pending' && isScopeOpen(draft, stage))
  if (stalled === undefined) return false
  const because = 'can never run: what it depends on waits for it'
  changeStage(draft, stalled, { status: 'skipped', skippedBecause: because, endedAt: draft.at })
  return true
}

function isScopeOpen(draft: Draft, { container }: PlannedStage): boolean {
  if (container === null) return true
  const owner = plannedStage(draft.plan, container.id)
  return containerPart(owner).isOpen(draftStage(draft, owner), container.list)
}

/** Follows the consequences of what just changed until nothing moves, then ends the execution if all is over. */
export function advance(draft: Draft): void {
  do {
    for (let i = 0; i < draft.queue.length; i++) {
      const id = draft.queue[i]
      if (id !== undefined) visit(draft, plannedStage(draft.plan, id))
    }
    draft.queue.length = 0
  } while (skipStalled(draft))
  if (draft.rootOpen > 0 || draft.status !== 'live') return
  draft.status = draft.failure === null ? 'completed' : 'failed'
  draft.endedAt = draft.at
  // The end of an iteration is its foreach's business.
  if (draft.prefix === '') draft.effects.push({ type: 'finish', status: draft.status, failure: draft.failure })
}

/** Cancels whatever has not ended, in iterations too, and aborts what runs. */
function cancelAll(draft: Draft, because: string): void {
  for (const id of draft.plan.order) {
    const stage = plannedStage(draft.plan, id)
    const before = draftStage(draft, stage)
    if (isTerminalStage(before.status)) continue
    if (before.status === 'running' && before.container === null)
      draft.effects.push({ type: 'abort_stage', stage: addressIn(draft, stage) })
    for (const index of before.container?.kind === 'foreach' ? before.container.open.keys() : []) {
      inIteration(draft, stage, index, (inner) => {
        cancelAll(inner, because)
        inner.status = 'cancelled'
        inner.endedAt = draft.at
      })
    }
    changeStage(draft, stage, { status: 'cancelled', skippedBecause: because, endedAt: draft.at, waiting: null })
  }
  draft.queue.length = 0
}

/** Ends everything at once: the execution was cancelled, ran out of time, or cannot go on (I11, I14). */
export function stopExecution(
  draft: Draft,
  status: 'failed' | 'cancelled' | 'timed_out',
  failure: Failure,
  because: string,
): void {
  cancelAll(draft, because)
  draft.status = status
  draft.failure = failure
  draft.endedAt = draft.at
  draft.effects.push({ type: 'finish', status, failure })
}
