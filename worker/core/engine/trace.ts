import type { LogLine } from '../components/context'
import type { Plan } from '../definition/plan'
import { isJsonObject, type Json } from '../kernel/json'
import type { EpochMs } from '../kernel/time'
import type { ExecutionStatus } from '../model/execution-status'
import type { Failure } from '../model/failure'
import type { StageStatus } from '../model/stage-status'
import { isTerminalStatus } from '../model/execution-status'
import type { JournalEvent } from './event'
import { fold } from './fold'
import { PENDING, type StageState } from './state'
import { traceChild } from './trace-child'
import { takeNotes, type StageNotes } from './trace-notes'
import { EndedIterations, tracePlaces, type TracePlace } from './trace-places'
import { tokenUsage } from './token-usage'

// The record of an execution as people read it (S54, S55, I13). Instants are epoch milliseconds with names in …At;
// the contract turns them into ISO 8601. Null means: not yet, or never.

export type TraceAttempt = {
  readonly number: number
  readonly startedAt: EpochMs | null
  readonly endedAt: EpochMs | null
  readonly duration: number | null
  readonly output: Json
  readonly error: Failure | null
}

export type TraceMetadata = {
  readonly requestTime: number | null
  readonly retries: number
  readonly cached: false
  /** Given with the test; the stage did not run. */
  readonly mocked?: true
  /** Of a `workflow` stage: the execution it started last. */
  readonly childExecutionId?: string
  /** What all attempts used of a language model; absent where none was asked. */
  readonly usage?: Readonly<Record<string, number>>
}

export type TraceStage = {
  readonly node: string
  readonly component: string
  /** Its name among all stages that ran: `node`, and before it the iterations that lead to it. */
  readonly address: string
  /** The container it ran in. */
  readonly parent: string | null
  /** Of the innermost foreach around it, from 0. */
  readonly iteration: number | null
  /** What became of its own iterations; only of a foreach that has its items. */
  readonly iterations: IterationCounts | null
  readonly status: StageStatus
  readonly startedAt: EpochMs | null
  readonly endedAt: EpochMs | null
  readonly duration: number | null
  readonly input: Json
  readonly output: Json
  /** Set when the output is kept elsewhere: its key. */
  readonly outputRef: string | null
  readonly error: Failure | null
  readonly skippedBecause: string | null
  readonly logs: readonly LogLine[]
  readonly attempts: readonly TraceAttempt[]
  readonly metadata: TraceMetadata
}

export type IterationCounts = {
  readonly total: number
  readonly ended: number
  readonly failed: number
  /** How many of them have their stages in the trace; failed ones come first. */
  readonly shown: number
}

export type Trace = {
  readonly executionId: string
  readonly status: ExecutionStatus
  readonly version: string
  /** Nothing will be added any more. */
  readonly complete: boolean
  readonly truncated: boolean
  readonly trigger: { readonly type: string; readonly input: Json; readonly receivedAt: EpochMs }
  readonly stages: readonly TraceStage[]
}

/** What a trace needs to know besides the journal. */
export type TraceSubject = {
  readonly executionId: string
  readonly status: ExecutionStatus
  readonly version: string
  readonly acceptedAt: EpochMs
  readonly triggerType: string
  readonly input: Json
}

/** The attempt that has no result: still at work, or aborted. */
function openAttempt({ attempt, endedAt }: StageState, startedAt: EpochMs | null): TraceAttempt {
  const duration = startedAt === null || endedAt === null ? null : endedAt - startedAt
  return { number: attempt, startedAt, endedAt, duration, output: null, error: null }
}

function requestTime(output: Json): number | null {
  const time = isJsonObject(output) ? output['duration_ms'] : null
  return typeof time === 'number' ? time : null
}

function traceStage(place: TracePlace, notes: StageNotes | undefined): TraceStage {
  const { stage, state, address, parent, iteration, iterations } = place
  const { status, startedAt, endedAt, output } = state
  const isContainer = stage.component.kind === 'container'
  const done = notes?.attempts ?? []
  const isOpen = !isContainer && state.attempt > (done.at(-1)?.number ?? 0)
  const usage = stage.type === 'generator' ? tokenUsage(done.map((attempt) => attempt.output)) : null
  const child = stage.type === 'workflow' ? traceChild(notes, output) : null
  const attempts = isOpen ? [...done, openAttempt(state, notes?.startedAt ?? startedAt)] : done
  return {
    node: stage.id,
    component: stage.type,
    address,
    parent,
    iteration,
    iterations,
    status,
    startedAt,
    endedAt,
    duration: startedAt === null || endedAt === null ? null : endedAt - startedAt,
    input: notes?.input ?? (isContainer && startedAt !== null ? stage.document : null),
    output,
    outputRef: state.outputRef,
    error: state.failure,
    skippedBecause: state.skippedBecause,
    logs: notes?.logs ?? [],
    attempts,
    metadata: {
      requestTime: requestTime(output),
      retries: Math.max(0, state.attempt - 1),
      cached: false,
      ...(notes?.isMocked === true && { mocked: true }),
      ...(child !== null && { childExecutionId: child }),
      ...(usage !== null && { usage }),
    },
  }
}

/** Of an execution nobody has claimed the engine has chosen what comes first; nothing is at work yet. */
function asBegun(place: TracePlace, status: ExecutionStatus): TracePlace {
  return status === 'pending' && place.state.status === 'running' ? { ...place, state: PENDING } : place
}

/** The trace of an execution, finished or not, from its journal. Stages come in the order of the document. */
export function buildTrace(plan: Plan, subject: TraceSubject, events: readonly JournalEvent[]): Trace {
  const { executionId, status, version, acceptedAt, triggerType, input } = subject
  const iterations = new EndedIterations()
  const state = fold(plan, acceptedAt, events, iterations.witness)
  const places = tracePlaces(state, iterations).map((place) => asBegun(place, status))
  const notes = takeNotes(places, events)
  return {
    executionId,
    status,
    version,
    complete: isTerminalStatus(status),
    truncated: places.some(({ isCut }) => isCut),
    trigger: { type: triggerType, input, receivedAt: acceptedAt },
    stages: places.map((place) => traceStage(place, notes.get(place.address))),
  }
}
