import type { AwaitedFact } from '../components/context'
import type { PlannedStage } from '../definition/plan'
import type { Json } from '../kernel/json'
import type { Failure } from '../model/failure'
import { failStage } from './advance'
import { changeStage, draftStage, type Draft } from './draft'
import type { JournalEvent } from './event'
import { plannedStage } from './state'

// Facts from outside that end a wait. One that nobody waits for yet is kept (a signal) or has no meaning any more (a child).

type Received<Type extends JournalEvent['type']> = Extract<JournalEvent, { readonly type: Type }>

/** A signal reaches the first stage that waits for its name, or waits itself for one that will. Repeats change nothing. */
export function receiveSignal(draft: Draft, { signalId, name, payload }: Received<'signal_received'>): void {
  if (draft.signalIds.has(signalId)) return
  draft.signalIds = new Set(draft.signalIds).add(signalId)
  const stage = waitingFor(draft, (fact) => fact.kind === 'signal' && fact.name === name)
  if (stage === null) draft.signals = [...draft.signals, { name, payload }]
  else endWait(draft, stage, payload)
}

/** Gives a stage that has just begun to wait the oldest signal of that name, if one has arrived before. */
export function takeSignal(draft: Draft, stage: PlannedStage, name: string): boolean {
  const found = draft.signals.find((signal) => signal.name === name)
  if (found === undefined) return false
  draft.signals = draft.signals.filter((signal) => signal !== found)
  endWait(draft, stage, found.payload)
  return true
}

/** The end of a child ends the stage that waits for it: its output becomes the stage's, its failure too. */
export function receiveChild(draft: Draft, event: Received<'child_finished'>): void {
  const { executionId, status, output, failure } = event
  const stage = waitingFor(draft, (fact) => fact.kind === 'child' && fact.executionId === executionId)
  if (stage === null) return
  if (status === 'completed') return endWait(draft, stage, output)
  dropTimer(draft, stage)
  failStage(draft, stage, childFailure(executionId, status, failure))
}

function childFailure(executionId: string, status: string, failure: Failure | null): Failure {
  const cause = failure === null ? null : { code: failure.code, message: failure.message, stage: failure.stage ?? null }
  return {
    code: `child_${status}`,
    message: `The execution ${executionId} it started ${status.replace('_', ' ')}${cause === null ? '.' : `: ${cause.message}`}`,
    hint: 'Open the child execution to see why.',
    details: { executionId, error: cause },
  }
}

function waitingFor(draft: Draft, isMeant: (fact: AwaitedFact) => boolean): PlannedStage | null {
  for (const id of draft.plan.order) {
    const stage = plannedStage(draft.plan, id)
    const fact = draftStage(draft, stage).waiting?.for
    if (fact !== undefined && isMeant(fact)) return stage
  }
  return null
}

function endWait(draft: Draft, stage: PlannedStage, output: Json): void {
  dropTimer(draft, stage)
  changeStage(draft, stage, { status: 'completed', endedAt: draft.at, output, failure: null, waiting: null })
}

function dropTimer(draft: Draft, { id }: PlannedStage): void {
  draft.effects.push({ type: 'abort_stage', stage: id })
}
