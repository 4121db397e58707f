import type { ExecutionAnswer } from '#core/contract/executions'
import type { Trace, TraceStage } from '#core/engine/trace'
import type { Json } from '#core/kernel/json'
import { type EpochMs, toIso } from '#core/kernel/time'
import type { Failure } from '#core/model/failure'
import { beganAt } from '#core/shard/began-at'
import type { ExecutionSummary } from '#core/shard/summary'
import { resultOf } from '../services/executions'
import type { StoredExecution } from '../services/read-execution'

const isoOrNull = (at: EpochMs | null) => (at === null ? null : toIso(at))

/** Milliseconds from start to end, whole. */
function durationOf(startedAt: EpochMs | null, endedAt: EpochMs | null): number | null {
  return startedAt === null || endedAt === null ? null : Math.round(endedAt - startedAt)
}

export function failureBody(failure: Failure) {
  return { ...failure }
}

/** A row of the list. */
export function summaryBody(row: ExecutionSummary) {
  const { workflowId, workflowName, deploymentId, environment, version, status, trigger, triggerId, test, replayOf } =
    row
  const stage = row.errorStage === null ? {} : { stage: row.errorStage }
  return {
    executionId: row.id,
    workflowId,
    workflowName,
    deploymentId,
    environment,
    version,
    status,
    trigger,
    triggerId,
    acceptedAt: toIso(row.acceptedAt),
    startsAt: isoOrNull(row.startsAt),
    expiresAt: isoOrNull(row.expiresAt),
    startedAt: isoOrNull(row.startedAt),
    endedAt: isoOrNull(row.endedAt),
    duration: durationOf(row.startedAt, row.endedAt),
    triggeredBy: row.actorId === null ? null : { id: row.actorId, email: row.actorEmail },
    error: row.errorCode === null ? null : { code: row.errorCode, message: row.errorMessage ?? '', ...stage },
    test,
    replayOf,
    parentExecutionId: row.parentExecutionId,
    tags: [...row.tags],
  }
}

/** One execution as its shard, or the archive, knows it. */
export function executionBody(execution: StoredExecution): ExecutionAnswer {
  const { record, workflowId, workflowName, deploymentId, environment, version } = execution
  const { cause } = record
  const result = resultOf(execution)
  return {
    executionId: record.id,
    workflowId,
    workflowName,
    deploymentId,
    environment,
    version,
    status: record.status,
    trigger: cause.type,
    triggerId: cause.triggerId,
    acceptedAt: toIso(record.acceptedAt),
    startsAt: isoOrNull(cause.startsAt ?? null),
    expiresAt: isoOrNull(cause.startBy ?? null),
    startedAt: isoOrNull(result === null ? beganAt(record.journal, cause) : result.startedAt),
    endedAt: isoOrNull(result?.endedAt ?? null),
    duration: durationOf(result?.startedAt ?? null, result?.endedAt ?? null),
    triggeredBy: cause.actor,
    error: result === null || result.error === null ? null : failureBody(result.error),
    test: cause.test === true,
    replayOf: cause.replayOf ?? null,
    parentExecutionId: cause.parent?.executionId ?? null,
    tags: [...(cause.tags ?? [])],
    input: JSON.parse(record.payload) as Json,
    output: result?.output ?? null,
  }
}

export function traceBody(trace: Trace) {
  const { type, input, receivedAt } = trace.trigger
  return {
    executionId: trace.executionId,
    status: trace.status,
    version: trace.version,
    complete: trace.complete,
    truncated: trace.truncated,
    trigger: { type, input, receivedAt: toIso(receivedAt) },
    stages: trace.stages.map(stageBody),
  }
}

function stageBody(stage: TraceStage) {
  const { node, component, address, parent, iteration, iterations, status, input, output, skippedBecause, metadata } =
    stage
  return {
    node,
    component,
    address,
    parent,
    iteration,
    iterations,
    status,
    startedAt: isoOrNull(stage.startedAt),
    endedAt: isoOrNull(stage.endedAt),
    duration: stage.duration === null ? null : Math.round(stage.duration),
    input,
    output,
    error: stage.error === null ? null : failureBody(stage.error),
    skippedBecause,
    logs: stage.logs.map(({ at, ...line }) => ({ ...line, at: toIso(at) })),
    attempts: stage.attempts.map((attempt) => ({
      number: attempt.number,
      startedAt: isoOrNull(attempt.startedAt),
      duration: attempt.duration === null ? null : Math.round(attempt.duration),
      output: attempt.output,
      error: attempt.error === null ? null : failureBody(attempt.error),
    })),
    metadata: { ...metadata },
  }
}
