import type { PlannedStage } from '../definition/plan'
import type { EpochMs } from '../kernel/time'
import { isTerminalStage } from '../model/stage-status'
import type { Effect } from './effect'
import { PENDING, type ExecutionState, type StageState } from './state'
import { wakesOf } from './wakes'

/** Is told of every iteration of a foreach (its address) as it ends: afterwards only its result is kept. */
export type IterationWitness = (loop: string, index: number, state: ExecutionState) => void

/** A state while one event is applied: changed in place, never seen outside decide and fold. */
export type Draft = {
  -readonly [Key in keyof Omit<ExecutionState, 'stages'>]: ExecutionState[Key]
} & {
  readonly stages: StageState[]
  readonly effects: Effect[]
  /** Ids to look at again because something they wait for changed. */
  readonly queue: string[]
  /** What the address of a stage has before its id. */
  readonly prefix: string
  readonly witness: IterationWitness | null
  /** Of the event being applied; what follows from it happened then. */
  at: EpochMs
}

export function openDraft(state: ExecutionState, at: EpochMs, witness: IterationWitness | null = null): Draft {
  return { ...state, stages: [...state.stages], effects: [], queue: [], prefix: '', witness, at }
}

/** A draft of an iteration: what it asks for and the signals it takes are its execution's. */
export function openInner(
  { at, effects, witness, events, signals }: Draft,
  prefix: string,
  state: ExecutionState,
): Draft {
  return { ...state, stages: [...state.stages], events, signals, effects, queue: [], prefix, witness, at }
}

export function closeDraft(draft: Draft): ExecutionState {
  const { effects: _effects, queue: _queue, prefix: _prefix, witness: _witness, at: _at, ...state } = draft
  return state
}

export function draftStage(draft: Draft, stage: PlannedStage): StageState {
  return draft.stages[stage.order] ?? PENDING
}

/** The name of a stage in events and effects. */
export function addressIn({ prefix }: Draft, { id }: PlannedStage): string {
  return prefix + id
}

/** A container that has begun is as active as what it contains. */
const isActive = ({ status, container }: StageState) =>
  (status === 'running' || status === 'waiting') && container === null

/** Changes a stage, keeps the counters true, and wakes whoever waits for its end. */
export function changeStage(draft: Draft, stage: PlannedStage, change: Partial<StageState>): void {
  const before = draftStage(draft, stage)
  const after = { ...before, ...change }
  draft.stages[stage.order] = after
  draft.active += Number(isActive(after)) - Number(isActive(before))
  if (!isTerminalStage(after.status) || isTerminalStage(before.status)) return
  if (stage.container === null) draft.rootOpen--
  else draft.queue.push(stage.container.id)
  for (const id of wakesOf(draft.plan, stage.id)) draft.queue.push(id)
}
