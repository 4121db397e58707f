import type { AwaitedFact } from '../components/context'
import type { PlannedStage } from '../definition/plan'
import type { Json } from '../kernel/json'
import type { Failure } from '../model/failure'
import { iterationPrefix } from './address'
import { failStage } from './advance'
import { atStage } from './at-stage'
import { addressIn, changeStage, type Draft } from './draft'
import type { JournalEvent } from './event'
import { PENDING, type ExecutionState } from './state'

// Facts from outside that end a wait. One that nobody waits for yet is kept (a signal) or has no meaning any more (a child).

type Received<Type extends JournalEvent['type']> = Extract<JournalEvent, { readonly type: Type }>

/** A signal reaches the first stage that waits for its name, or waits itself for one that will. Repeats change nothing. */
export function receiveSignal(draft: Draft, { signalId, name, payload }: Received<'signal_received'>): void {
  if (draft.signalIds.has(signalId)) return
  draft.signalIds = new Set(draft.signalIds).add(signalId)
  const address = stageThatAwaits(draft, name)
  if (address === null) draft.signals = [...draft.signals, { name, payload }]
  else atStage(draft, address, (inner, stage) => endWait(inner, stage, payload))
}

/** The address of the stage whose wait a signal of this name ends now; null when none waits for it. */
export function stageThatAwaits(state: Pick<ExecutionState, 'plan' | 'stages'>, name: string): string | null {
  return waitingFor(state, (fact) => fact.kind === 'signal' && fact.name === name)
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
  const address = waitingFor(draft, (fact) => fact.kind === 'child' && fact.executionId === executionId)
  if (address === null) return
  atStage(draft, address, (inner, stage) => {
    if (status === 'completed') return endWait(inner, stage, output)
    dropTimer(inner, stage)
    failStage(inner, stage, childFailure(executionId, status, failure))
  })
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

/** Whether a stage waits for something from outside. */
export function awaitsFact(state: ExecutionState): boolean {
  return waitingFor(state, () => true) !== null
}

/** The address of the first stage that waits for such a fact. */
function waitingFor(
  { plan, stages }: Pick<ExecutionState, 'plan' | 'stages'>,
  isMeant: (fact: AwaitedFact) => boolean,
): string | null {
  for (const [order, id] of plan.order.entries()) {
    const { waiting, container } = stages[order] ?? PENDING
    if (waiting?.for !== undefined && isMeant(waiting.for)) return id
    for (const [index, iteration] of container?.kind === 'foreach' ? container.open : []) {
      const found = waitingFor(iteration, isMeant)
      if (found !== null) return iterationPrefix('', id, index) + found
    }
  }
  return null
}

function endWait(draft: Draft, stage: PlannedStage, output: Json): void {
  dropTimer(draft, stage)
  changeStage(draft, stage, { status: 'completed', endedAt: draft.at, output, failure: null, waiting: null })
}

function dropTimer(draft: Draft, stage: PlannedStage): void {
  draft.effects.push({ type: 'abort_stage', stage: addressIn(draft, stage) })
}
