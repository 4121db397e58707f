import type { AwaitedFact } from '../components/context'
import type { Plan, PlannedStage } from '../definition/plan'
import { invariant } from '../kernel/assert'
import type { Json } from '../kernel/json'
import type { EpochMs } from '../kernel/time'
import type { TerminalStatus } from '../model/execution-status'
import type { Failure } from '../model/failure'
import type { StageStatus } from '../model/stage-status'
import { splitAddress } from './address'
import type { IterationLog } from './iteration-log'

export type TryPhase = 'try' | 'catch' | 'finally'

export type TryProgress = {
  readonly kind: 'trycatch'
  readonly phase: TryPhase
  /** The failure that ended `try`. */
  readonly caught: Failure | null
  /** The first failure in `catch` or `finally`. */
  readonly unhandled: Failure | null
  /** Why the container was stopped from outside; it then only runs its `finally`. */
  readonly stoppedBecause: string | null
}

export type ParallelProgress = {
  readonly kind: 'parallel'
  /** Branches that may start; the first so many. */
  readonly opened: number
  /** By branch: the first failure in it. */
  readonly failures: readonly (Failure | null)[]
  /** The failure that ended the other branches. */
  readonly caught: Failure | null
  readonly stoppedBecause: string | null
}

export type ForeachProgress = {
  readonly kind: 'foreach'
  readonly items: readonly Json[]
  /** Number of events when it got them: all that an iteration builds on. */
  readonly afterEvent: number
  /** Iterations that were begun; the first so many. */
  readonly begun: number
  /** Those at work, by index: each is an execution of the body. */
  readonly open: ReadonlyMap<number, ExecutionState>
  /** What the others came to. */
  readonly ended: IterationLog
  /** Length of all results so far, as JSON. */
  readonly resultChars: number
  /** The failure that ended the others. */
  readonly caught: Failure | null
  readonly stoppedBecause: string | null
}

/** How far a running container has come, and what went wrong inside. */
export type ContainerProgress = TryProgress | ParallelProgress | ForeachProgress

export type StageState = {
  readonly status: StageStatus
  /** The attempt that runs or ran last; 0 = none yet. */
  readonly attempt: number
  /** When it was allowed to start. */
  readonly readyAt: EpochMs | null
  /** When its first attempt started. */
  readonly startedAt: EpochMs | null
  readonly endedAt: EpochMs | null
  /** Of the last attempt, also of a failed one. */
  readonly output: Json
  /** Where an output too large for the journal is kept. */
  readonly outputRef: string | null
  readonly failure: Failure | null
  /** Why it was skipped or cancelled, for people. */
  readonly skippedBecause: string | null
  readonly waiting: {
    readonly reason: 'retry' | 'instant'
    readonly until: EpochMs
    /** What ends the wait before its instant. */
    readonly for?: AwaitedFact
  } | null
  /** When the current attempt first answered `waiting`. */
  readonly waitingSince: EpochMs | null
  /** Number of events that must be committed before its effect may leave (4.4 rule 7). */
  readonly afterEvent: number
  /** The attempt whose intent to send is journaled (4.4 rule 8); 0 = none. */
  readonly intent: number
  readonly container: ContainerProgress | null
  /** Why a container has to stop; it heeds that when it is looked at next. */
  readonly stopping: string | null
}

export type ArrivedSignal = { readonly name: string; readonly payload: Json }

/** Everything decide knows about one execution. Immutable; unchanged stages are shared between states. */
export type ExecutionState = {
  readonly plan: Plan
  /** By PlannedStage.order. */
  readonly stages: readonly StageState[]
  /** Number of journaled events it was made from. */
  readonly events: number
  readonly status: 'live' | TerminalStatus
  readonly acceptedAt: EpochMs | null
  readonly startedAt: EpochMs | null
  readonly endedAt: EpochMs | null
  /** The first failure nobody handled. */
  readonly failure: Failure | null
  /** Ids of the signals that arrived: a repeat changes nothing. */
  readonly signalIds: ReadonlySet<string>
  /** Signals nobody has waited for yet, in order of arrival. */
  readonly signals: readonly ArrivedSignal[]
  /** Stages that run or wait, containers aside. */
  readonly active: number
  /** Stages of the root scope that are not terminal. */
  readonly rootOpen: number
}

export const PENDING: StageState = {
  status: 'pending',
  attempt: 0,
  readyAt: null,
  startedAt: null,
  endedAt: null,
  output: null,
  outputRef: null,
  failure: null,
  skippedBecause: null,
  waiting: null,
  waitingSince: null,
  afterEvent: 0,
  intent: 0,
  container: null,
  stopping: null,
}

/** An execution of a plan before anything happened. */
export function initialState(plan: Plan): ExecutionState {
  return {
    plan,
    stages: plan.order.map(() => PENDING),
    events: 0,
    status: 'live',
    acceptedAt: null,
    startedAt: null,
    endedAt: null,
    failure: null,
    signalIds: new Set(),
    signals: [],
    active: 0,
    rootOpen: plan.root.length,
  }
}

/** The planned stage at an address, if there is one. */
export function findStage(plan: Plan, address: string): PlannedStage | undefined {
  const way = splitAddress(address)
  if (way === null) return plan.stages.get(address)
  const body = plan.stages.get(way.loop)?.body ?? null
  return body === null ? undefined : findStage(body, way.inner)
}

/** The planned stage at an address that is known to exist. */
export function plannedStage(plan: Plan, address: string): PlannedStage {
  const stage = findStage(plan, address)
  invariant(stage !== undefined, `the plan has a stage ${address}`)
  return stage
}

/** The state of an iteration that is at work. */
export function iterationAt(
  { plan, stages }: Pick<ExecutionState, 'plan' | 'stages'>,
  loop: string,
  index: number,
): ExecutionState | undefined {
  const order = plan.stages.get(loop)?.order
  const progress = order === undefined ? null : stages[order]?.container
  return progress?.kind === 'foreach' ? progress.open.get(index) : undefined
}

/** How the stage at an address stands; it must be in the plan. In an iteration that is not at work nothing has happened. */
export function stageState(state: Pick<ExecutionState, 'plan' | 'stages'>, address: string): StageState {
  const way = splitAddress(address)
  if (way === null) return state.stages[plannedStage(state.plan, address).order] ?? PENDING
  const iteration = iterationAt(state, way.loop, way.index)
  return iteration === undefined ? PENDING : stageState(iteration, way.inner)
}

/** Whether an attempt is the one that should be running now; false once it was aborted, superseded or answered. */
export function isCurrentAttempt(state: ExecutionState, address: string, attempt: number): boolean {
  const stage = stageState(state, address)
  return state.status === 'live' && stage.status === 'running' && stage.attempt === attempt
}

/** When the execution next has something to do, if all it does is wait; null while anything runs or when it is over. */
export function waitsUntil(state: ExecutionState): EpochMs | null {
  const waits = waitsIn(state)
  return state.status === 'live' && waits.length === state.active && waits.length > 0 ? Math.min(...waits) : null
}

function waitsIn({ stages }: ExecutionState): EpochMs[] {
  return stages.flatMap(({ waiting, container }) => {
    if (waiting !== null) return [waiting.until]
    return container?.kind === 'foreach' ? [...container.open.values()].flatMap(waitsIn) : []
  })
}
