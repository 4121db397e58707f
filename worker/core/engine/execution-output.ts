import type { Json } from '../kernel/json'
import { err, ok, type Result } from '../kernel/result'
import type { EpochMs } from '../kernel/time'
import type { TerminalStatus } from '../model/execution-status'
import type { Failure } from '../model/failure'
import { checkOutput } from './check-output'
import { expressionFailure } from './expression-failure'
import { leafOutput } from './last-output'
import { expressionScope, failureJson } from './scope'
import type { ExecutionState } from './state'
import type { World } from './world'

/** How an execution ended, ready to be kept. */
export type ExecutionEnd = {
  readonly status: TerminalStatus
  readonly output: Json
  readonly error: Failure | null
  readonly startedAt: EpochMs | null
  readonly endedAt: EpochMs
}

/** The document's `output`, or what the last completed leaf gave (when every leaf was skipped: the last stage at all). */
function evaluateOutput(state: ExecutionState, world: World, at: EpochMs): Result<Json, Failure> {
  const { plan } = state
  if (plan.output === null) return ok(leafOutput(state))
  const value = plan.output.evaluate(expressionScope(state, world, at))
  const checked = value.ok ? checkOutput(value.value) : err(expressionFailure(value.error, '/output'))
  if (checked.ok) return checked
  const { code, message, ...rest } = checked.error
  return err({
    ...rest,
    code: 'output_failed',
    message: `The workflow's output has no value: ${message}`,
    details: rest.details ?? { reason: code },
  })
}

/**
 * How a terminal execution ended, with its output. A completed execution whose `output` has no value is failed
 * (`output_failed`); one that did not complete has output null.
 */
export function executionEnd(state: ExecutionState, world: World, redact: (json: Json) => Json): ExecutionEnd {
  const { startedAt, failure } = state
  const endedAt = state.endedAt ?? state.acceptedAt ?? 0
  const status = state.status === 'live' ? 'failed' : state.status
  const kept = (error: Failure | null) => (error === null ? null : (redact(failureJson(error)) as Failure))
  if (status !== 'completed') return { status, output: null, error: kept(failure), startedAt, endedAt }
  const output = evaluateOutput(state, world, endedAt)
  if (!output.ok) return { status: 'failed', output: null, error: kept(output.error), startedAt, endedAt }
  return { status, output: redact(output.value), error: null, startedAt, endedAt }
}
