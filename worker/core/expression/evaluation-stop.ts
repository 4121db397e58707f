import { EXPRESSION_LIMITS } from './expression-limits'
import type { EvaluationCode, EvaluationProblem } from './problem'

/** Stops an evaluation; caught in compile-value and compile-template, never seen outside this room. */
export class EvaluationStop extends Error {
  readonly code: EvaluationCode
  readonly hint: string | undefined

  constructor(code: EvaluationCode, message: string, hint?: string) {
    super(message)
    this.code = code
    this.hint = hint
  }
}

/** One evaluation in progress: what may still be spent, and where it stands for the sake of its problem. */
export class Evaluation {
  path = ''
  expression = ''
  #stepsLeft: number = EXPRESSION_LIMITS.stepsMax

  /** Charges work that grows with the data: one step an item, one per thousand characters. */
  spend(steps: number): void {
    this.#stepsLeft -= steps
    if (this.#stepsLeft < 0) {
      throw new EvaluationStop('limit_exceeded', `It takes more than ${EXPRESSION_LIMITS.stepsMax} steps`)
    }
  }

  /** Refuses text longer than any output may be, and charges for it. Called before the text is built where possible. */
  spendText(chars: number): void {
    if (chars > EXPRESSION_LIMITS.textCharsMax) {
      throw new EvaluationStop(
        'limit_exceeded',
        `It makes a text longer than ${EXPRESSION_LIMITS.textCharsMax} characters`,
      )
    }
    if (chars > 1_000) this.spend(Math.ceil(chars / 1_000))
  }

  /** The problem for what was thrown; a stack that ran out is a limit, anything else is a bug and thrown on. */
  problemOf(thrown: unknown): EvaluationProblem {
    const { path, expression } = this
    if (thrown instanceof EvaluationStop) {
      const { code, message, hint } = thrown
      return { code, message, ...(hint === undefined ? {} : { hint }), expression, path }
    }
    if (thrown instanceof RangeError) {
      return { code: 'limit_exceeded', message: 'The value is nested too deeply', expression, path }
    }
    throw thrown
  }
}
