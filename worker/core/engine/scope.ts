import type { Scope, StageView } from '../expression/scope'
import type { Json, JsonObject } from '../kernel/json'
import { toIso, type EpochMs } from '../kernel/time'
import type { Failure } from '../model/failure'
import { outputView } from './output-view'
import { splitAddress } from './address'
import { iterationAt, plannedStage, stageState, type ExecutionState } from './state'
import type { World } from './world'

/** A failure as plain JSON, in the order people read it. */
export function failureJson({ code, message, stage, hint, details }: Failure): JsonObject {
  return {
    code,
    message,
    ...(stage !== undefined && { stage }),
    ...(hint !== undefined && { hint }),
    ...(details !== undefined && { details }),
  }
}

/** Where an expression stands: in an execution, or in an iteration of it, which has an item. */
type Level = { readonly state: ExecutionState; readonly item?: Json; readonly index?: number }

/** From the iteration an address leads into outwards to the execution. */
function levelsAt(state: ExecutionState, address: string): readonly Level[] {
  const levels: Level[] = [{ state }]
  let inner = state
  for (let way = splitAddress(address); way !== null; way = splitAddress(way.inner)) {
    const { loop, index } = way
    const { container } = stageState(inner, loop)
    const iteration = iterationAt(inner, loop, index)
    if (container?.kind !== 'foreach' || iteration === undefined) break
    levels.unshift({ state: iteration, item: container.items[index] ?? null, index })
    inner = iteration
  }
  return levels
}

function stageView(levels: readonly Level[], id: string, at: EpochMs): StageView | undefined {
  const state = levels.find((level) => level.state.plan.stages.has(id))?.state
  if (state === undefined) return undefined
  const { status, output, failure, attempt, startedAt, endedAt } = stageState(state, id)
  return {
    status,
    output: outputView(output, plannedStage(state.plan, id).component),
    error: failure === null ? null : failureJson(failure),
    attempts: attempt,
    duration: startedAt === null ? null : (endedAt ?? at) - startedAt,
  }
}

function executionView(state: ExecutionState, world: World, at: EpochMs): Json {
  const startedAt = state.startedAt ?? state.acceptedAt ?? at
  return {
    get id() {
      return world.executionId
    },
    workflow: world.workflow,
    version: world.version,
    environment: world.environment,
    trigger: world.triggerType,
    started_at: toIso(startedAt),
    duration: (state.endedAt ?? at) - startedAt,
    signals: world.signalLinks ?? {},
    stages_completed: state.stages.reduce((count, { status }) => count + Number(status === 'completed'), 0),
  }
}

/**
 * The values the expressions of the stage at `address` may read at an instant; built lazily, because most read little of it.
 * Without an address: what the whole execution's output may read.
 */
export function expressionScope(state: ExecutionState, world: World, at: EpochMs, address = ''): Scope {
  let execution: Json | undefined
  const levels = levelsAt(state, address)
  const { item, index } = levels[0] ?? {}
  return {
    ...(index !== undefined && { item: item ?? null, index }),
    input: world.input,
    trigger: world.trigger,
    get execution() {
      execution ??= executionView(state, world, at)
      return execution
    },
    stage: (id) => stageView(levels, id, at),
    variable: world.variable,
    secret: world.secret,
  }
}

/** The same scope inside a retry condition, where `output` is what the current attempt gave. */
export function withOutput(scope: Scope, output: Json): Scope {
  return { ...scope, output }
}
