/** Why a string cannot be compiled. `at` counts characters from its start. */
export type CompileProblem = {
  readonly code: 'expression_invalid'
  readonly message: string
  readonly hint?: string
  readonly at: number
}

export type EvaluationCode =
  | 'missing_variable'
  | 'missing_secret'
  | 'missing_stage'
  | 'not_available'
  | 'null_in_text'
  | 'type_mismatch'
  | 'bad_argument'
  | 'forbidden_name'
  | 'not_a_number'
  | 'limit_exceeded'

/** Why an expression has no value. `path` is the JSON Pointer of the string inside the compiled value ('' for itself). */
export type EvaluationProblem = {
  readonly code: EvaluationCode
  readonly message: string
  readonly hint?: string
  /** The expression as written, without its braces. */
  readonly expression: string
  readonly path: string
}
