import type { LogLine } from '../components/context'
import type { Plan, PlannedStage } from '../definition/plan'
import { isJsonObject, type Json } from '../kernel/json'
import type { EpochMs } from '../kernel/time'
import type { ExecutionStatus } from '../model/execution-status'
import type { Failure } from '../model/failure'
import type { StageStatus } from '../model/stage-status'
import { isTerminalStatus } from '../model/execution-status'
import type { JournalEvent } from './event'
import { fold } from './fold'
import { stageState, type ExecutionState, type StageState } from './state'
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
  /** What all attempts used of a language model; absent where none was asked. */
  readonly usage?: Readonly<Record<string, number>>
}

export type TraceStage = {
  readonly node: string
  readonly component: string
  /** The container it ran in. */
  readonly parent: string | null
  readonly iteration: null
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

type ResultEvent = Extract<JournalEvent, { readonly type: 'stage_succeeded' | 'attempt_failed' | 'stage_waiting' }>

/** What the journal says about one stage, gathered in one pass. */
type StageNotes = {
  input: Json
  startedAt: EpochMs | null
  readonly logs: LogLine[]
  readonly attempts: TraceAttempt[]
}

function noteResult(notes: StageNotes, event: ResultEvent): void {
  notes.input = event.input
  if (event.type === 'stage_waiting') return
  if (event.logs !== undefined) notes.logs.push(...event.logs)
  const startedAt = event.startedAt ?? notes.startedAt
  notes.attempts.push({
    number: event.attempt,
    startedAt,
    endedAt: event.at,
    duration: startedAt === null ? null : event.at - startedAt,
    output: event.output ?? null,
    error: event.type === 'attempt_failed' ? event.failure : null,
  })
  notes.startedAt = null
}

function gather(plan: Plan, state: ExecutionState, events: readonly JournalEvent[]): ReadonlyMap<string, StageNotes> {
  const all = new Map<string, StageNotes>()
  for (const event of events) {
    if (!('stage' in event) || !plan.stages.has(event.stage)) continue
    let notes = all.get(event.stage)
    if (notes === undefined) {
      notes = { input: null, startedAt: stageState(state, event.stage).startedAt, logs: [], attempts: [] }
      all.set(event.stage, notes)
    }
    if (event.type === 'stage_started') notes.startedAt = notes.attempts.length === 0 ? notes.startedAt : event.at
    else if (event.type === 'timer_fired') notes.startedAt ??= event.at
    else noteResult(notes, event)
  }
  return all
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

function traceStage(stage: PlannedStage, state: StageState, notes: StageNotes | undefined): TraceStage {
  const { status, startedAt, endedAt, output } = state
  const isContainer = stage.component.kind === 'container'
  const done = notes?.attempts ?? []
  const isOpen = !isContainer && state.attempt > (done.at(-1)?.number ?? 0)
  const usage = stage.type === 'generator' ? tokenUsage(done.map((attempt) => attempt.output)) : null
  const attempts = isOpen ? [...done, openAttempt(state, notes?.startedAt ?? startedAt)] : done
  return {
    node: stage.id,
    component: stage.type,
    parent: stage.container?.id ?? null,
    iteration: null,
    status,
    startedAt,
    endedAt,
    duration: startedAt === null || endedAt === null ? null : endedAt - startedAt,
    input: isContainer && startedAt !== null ? stage.document : (notes?.input ?? null),
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
      ...(usage !== null && { usage }),
    },
  }
}

/** The trace of an execution, finished or not, from its journal. Stages come in the order of the document. */
export function buildTrace(plan: Plan, subject: TraceSubject, events: readonly JournalEvent[]): Trace {
  const { executionId, status, version, acceptedAt, triggerType, input } = subject
  const state = fold(plan, acceptedAt, events)
  const notes = gather(plan, state, events)
  const stages = [...plan.stages.values()].sort((a, b) => a.index - b.index)
  return {
    executionId,
    status,
    version,
    complete: isTerminalStatus(status),
    truncated: false,
    trigger: { type: triggerType, input, receivedAt: acceptedAt },
    stages: stages.map((stage) => traceStage(stage, stageState(state, stage.id), notes.get(stage.id))),
  }
}
