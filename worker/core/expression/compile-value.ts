import type { Json } from '../kernel/json'
import type { Result } from '../kernel/result'
import type { EvaluationProblem } from './problem'
import type { Reference } from './reference'
import type { Scope } from './scope'

/** A JSON value whose strings were compiled once. */
export type CompiledValue = {
  /** No expression in it: evaluate answers the same value every time. */
  readonly constant: boolean
  /** What its expressions read; `path` is the JSON Pointer of the string inside the value. */
  readonly references: readonly (Reference & { readonly path: string })[]
  /** The value with every expression replaced. Never throws; the first failing place stops it. */
  readonly evaluate: (scope: Scope) => Result<Json, EvaluationProblem>
}
