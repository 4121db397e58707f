import type { EvaluationProblem } from '../expression/problem'
import type { Failure } from '../model/failure'

/** The failure of an expression that has no value; `where` is the JSON Pointer of the value it was found in. */
export function expressionFailure(problem: EvaluationProblem, where: string): Failure {
  const { code, message, hint, expression, path } = problem
  const pointer = `${where}${path}`
  return {
    code: 'expression_failed',
    message: `${message}, in {{ ${expression.trim()} }} at ${pointer}.`,
    ...(hint !== undefined && { hint }),
    details: { reason: code, path: pointer, expression },
  }
}
