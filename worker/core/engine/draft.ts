import type { PlannedStage } from '../definition/plan'
import type { EpochMs } from '../kernel/time'
import { isTerminalStage } from '../model/stage-status'
import type { Effect } from './effect'
import { PENDING, type ExecutionState, type StageState } from './state'
import { wakesOf } from './wakes'

/** A state while one event is applied: changed in place, never seen outside decide and fold. */
export type Draft = {
  -readonly [Key in keyof Omit<ExecutionState, 'stages'>]: ExecutionState[Key]
} & {
  readonly stages: StageState[]
  readonly effects: Effect[]
  /** Ids to look at again because something they wait for changed. */
  readonly queue: string[]
  /** Of the event being applied; what follows from it happened then. */
  at: EpochMs
}

export function openDraft(state: ExecutionState, at: EpochMs): Draft {
  return { ...state, stages: [...state.stages], effects: [], queue: [], at }
}

export function closeDraft(draft: Draft): ExecutionState {
  const { effects: _effects, queue: _queue, at: _at, ...state } = draft
  return state
}

export function draftStage(draft: Draft, stage: PlannedStage): StageState {
  return draft.stages[stage.order] ?? PENDING
}

const isActive = ({ status }: StageState) => status === 'running' || status === 'waiting'

/** Changes a stage, keeps the counters true, and wakes whoever waits for its end. */
export function changeStage(draft: Draft, stage: PlannedStage, change: Partial<StageState>): void {
  const before = draftStage(draft, stage)
  const after = { ...before, ...change }
  draft.stages[stage.order] = after
  if (stage.component.kind !== 'container') draft.active += Number(isActive(after)) - Number(isActive(before))
  if (!isTerminalStage(after.status) || isTerminalStage(before.status)) return
  if (stage.container === null) draft.rootOpen--
  else draft.queue.push(stage.container.id)
  for (const id of wakesOf(draft.plan, stage.id)) draft.queue.push(id)
}
