import type { PlannedStage } from '../definition/plan'
import type { Scope } from '../expression/scope'
import type { Json } from '../kernel/json'
import { err, type Result } from '../kernel/result'
import type { Failure } from '../model/failure'
import { expressionFailure } from './expression-failure'
import { outputView, withoutViews } from './output-view'
import { withOutput } from './scope'

/**
 * The value a late part of a config takes once `output` is known; null when the config has no such part.
 * Failures: `expression_failed`.
 */
export function evaluateLate(
  { late, component }: PlannedStage,
  pointer: string,
  scope: Scope,
  output: Json,
): Result<Json, Failure> | null {
  const part = late.get(pointer)
  if (part === undefined) return null
  const value = part.evaluate(withOutput(scope, outputView(output, component)))
  return value.ok
    ? { ok: true, value: withoutViews(value.value) }
    : err(expressionFailure(value.error, `/config${pointer}`))
}
