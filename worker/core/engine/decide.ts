import type { PlannedStage } from '../definition/plan'
import { assertNever } from '../kernel/assert'
import { atStage } from './at-stage'
import { advance, failStage, startAttempt, stopExecution } from './advance'
import { iterationPrefix } from './address'
import { openForeach } from './containers/foreach'
import { addressIn, changeStage, closeDraft, draftStage, openDraft, openInner, type Draft } from './draft'
import type { Effect } from './effect'
import type { ExecutionEvent } from './event'
import { receiveChild, receiveSignal, takeSignal } from './receive-fact'
import { isAtMostOnce, startEffect } from './start-effect'
import { plannedStage, type ExecutionState, type StageState } from './state'

// Owns what follows from an event. Talks to nobody: time comes in events, work leaves as effects.
// I3: state = fold(journal) · I6: no start before the dependencies are terminal · I11: a terminal state stays ·
// I14: nothing starts after a cancel or deadline. An event that no longer fits is counted and otherwise ignored.

export type Decision = { readonly state: ExecutionState; readonly effects: readonly Effect[] }

type StageEvent = Extract<ExecutionEvent, { readonly stage: string }>
type ResultEvent = Exclude<StageEvent, { readonly type: 'stage_started' | 'timer_fired' }>

const isTransient = ({ type }: ExecutionEvent) => type === 'execution_accepted' || type === 'resumed'

function applyResult(draft: Draft, stage: PlannedStage, before: StageState, event: ResultEvent): void {
  const startedAt = before.startedAt ?? event.startedAt ?? before.readyAt
  draft.startedAt ??= startedAt
  switch (event.type) {
    case 'stage_succeeded':
      return changeStage(draft, stage, {
        status: 'completed',
        startedAt,
        endedAt: event.at,
        output: event.output,
        outputRef: event.outputRef ?? null,
        failure: null,
      })
    case 'stage_opened':
      if (stage.body === null) return
      changeStage(draft, stage, { startedAt })
      return openForeach(draft, stage, event.items)
    case 'stage_waiting': {
      const { until, for: fact } = event
      const waitingSince = before.waitingSince ?? event.at
      const waiting = { reason: 'instant', until, ...(fact !== undefined && { for: fact }) } as const
      changeStage(draft, stage, { status: 'waiting', startedAt, waitingSince, waiting })
      if (fact?.kind === 'signal' && takeSignal(draft, stage, fact.name)) return
      draft.effects.push({ type: 'set_timer', stage: addressIn(draft, stage), at: until })
      return
    }
    case 'attempt_failed': {
      const { failure, output = before.output, retryAt } = event
      if (retryAt === undefined) {
        changeStage(draft, stage, { startedAt, output, outputRef: event.outputRef ?? null })
        return failStage(draft, stage, failure)
      }
      const waiting = { reason: 'retry', until: retryAt } as const
      changeStage(draft, stage, { status: 'waiting', startedAt, output, failure, waiting, waitingSince: null })
      draft.effects.push({ type: 'set_timer', stage: addressIn(draft, stage), at: retryAt })
      return
    }
    default:
      return assertNever(event)
  }
}

function applyStageEvent(draft: Draft, stage: PlannedStage, event: StageEvent): void {
  const before = draftStage(draft, stage)
  if (before.container !== null) return
  if (event.type === 'timer_fired') {
    if (before.status !== 'waiting') return
    return startAttempt(draft, stage, before.waiting?.reason === 'retry' ? before.attempt + 1 : before.attempt)
  }
  if (before.status !== 'running' || before.attempt !== event.attempt) return
  if (event.type !== 'stage_started') return applyResult(draft, stage, before, event)
  draft.startedAt ??= event.at
  if (isAtMostOnce(stage)) changeStage(draft, stage, { startedAt: before.startedAt ?? event.at, intent: event.attempt })
  else if (before.startedAt === null) changeStage(draft, stage, { startedAt: event.at })
}

function accept(draft: Draft): void {
  if (draft.acceptedAt !== null) return
  draft.acceptedAt = draft.at
  draft.queue.push(...draft.plan.order)
}

/** Asks again for everything that was under way: a runner took over and holds no requests or timers. */
function repeatEffects(draft: Draft): void {
  for (const id of draft.plan.order) {
    const stage = plannedStage(draft.plan, id)
    const { status, attempt, afterEvent, intent, waiting, container } = draftStage(draft, stage)
    const address = addressIn(draft, stage)
    if (waiting !== null) draft.effects.push({ type: 'set_timer', stage: address, at: waiting.until })
    else if (status === 'running' && container === null) {
      const start = startEffect(stage, address, attempt, afterEvent)
      draft.effects.push(intent === attempt ? { ...start, inDoubt: true } : start)
    }
    for (const [index, iteration] of container?.kind === 'foreach' ? container.open : [])
      repeatEffects(openInner(draft, iterationPrefix(draft.prefix, id, index), iteration))
  }
}

function applyLive(draft: Draft, event: ExecutionEvent): void {
  switch (event.type) {
    case 'execution_accepted':
      return accept(draft)
    case 'resumed':
      if (draft.status !== 'live') draft.effects.push({ type: 'finish', status: draft.status, failure: draft.failure })
      return repeatEffects(draft)
    case 'signal_received':
      return receiveSignal(draft, event)
    case 'child_finished':
      return receiveChild(draft, event)
    case 'cancel_requested':
      return stopExecution(draft, 'cancelled', { code: 'cancelled', message: event.reason }, 'execution cancelled')
    case 'deadline_passed':
      return stopExecution(
        draft,
        'timed_out',
        { code: 'timed_out', message: 'The execution reached its time limit.' },
        'execution timed out',
      )
    case 'execution_failed':
      return stopExecution(draft, 'failed', event.failure, `execution failed: ${event.failure.message}`)
    default:
      return atStage(draft, event.stage, (inner, stage) => applyStageEvent(inner, stage, event))
  }
}

/** Applies one event to a draft; decide and fold differ only in what they keep. */
export function applyEvent(draft: Draft, event: ExecutionEvent): void {
  if (!isTransient(event)) draft.events++
  draft.at = event.at
  if (draft.status !== 'live' && event.type !== 'resumed') return
  applyLive(draft, event)
  if (draft.status === 'live' && event.type !== 'resumed') advance(draft)
}

/**
 * What an event means for an execution: its new state and what to do now. Synchronous, total, no clock.
 * Every journal event passed in counts towards `state.events`, also one that changes nothing else.
 */
export function decide(state: ExecutionState, event: ExecutionEvent): Decision {
  const draft = openDraft(state, event.at)
  applyEvent(draft, event)
  return { state: closeDraft(draft), effects: draft.effects }
}
