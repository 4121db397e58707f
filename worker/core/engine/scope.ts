import type { Scope, StageView } from '../expression/scope'
import type { Json, JsonObject } from '../kernel/json'
import { toIso, type EpochMs } from '../kernel/time'
import type { Failure } from '../model/failure'
import { outputView } from './output-view'
import { plannedStage, stageState, type ExecutionState } from './state'
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

function stageView(state: ExecutionState, id: string, at: EpochMs): StageView | undefined {
  if (!state.plan.stages.has(id)) return undefined
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
    id: world.executionId,
    workflow: world.workflow,
    version: world.version,
    environment: world.environment,
    trigger: world.triggerType,
    started_at: toIso(startedAt),
    duration: (state.endedAt ?? at) - startedAt,
    stages_completed: state.stages.reduce((count, { status }) => count + Number(status === 'completed'), 0),
  }
}

/** The values expressions may read at an instant; built lazily, because most expressions read little of it. */
export function expressionScope(state: ExecutionState, world: World, at: EpochMs): Scope {
  let execution: Json | undefined
  return {
    input: world.input,
    trigger: world.trigger,
    get execution() {
      execution ??= executionView(state, world, at)
      return execution
    },
    stage: (id) => stageView(state, id, at),
    variable: world.variable,
    secret: world.secret,
  }
}

/** The same scope inside a retry condition, where `output` is what the current attempt gave. */
export function withOutput(scope: Scope, output: Json): Scope {
  return { ...scope, output }
}
