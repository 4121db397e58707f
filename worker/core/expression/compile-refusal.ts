import type { CompileProblem } from './problem'

/** Stops tokenizer, parser and compiler; caught in compileTemplate, never seen outside this room. */
export class CompileRefusal extends Error {
  readonly problem: CompileProblem

  constructor(message: string, at: number, hint?: string) {
    super(message)
    this.problem = { code: 'expression_invalid', message, at, ...(hint === undefined ? {} : { hint }) }
  }
}
