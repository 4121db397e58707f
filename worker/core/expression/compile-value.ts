import type { Json } from '../kernel/json'
import { appendPointer } from '../kernel/pointer'
import { err, ok, type Result } from '../kernel/result'
import { setOwn } from '../kernel/set-own'
import type { Evaluator } from './compile-expression'
import { compileTemplate } from './compile-template'
import { Evaluation } from './evaluation-stop'
import type { CompileProblem, EvaluationProblem } from './problem'
import type { Reference } from './reference'
import type { Scope } from './scope'

/** A JSON value whose strings were compiled once. */
export type CompiledValue = {
  /** No expression in it: evaluate answers the same value every time. */
  readonly constant: boolean
  /** What its expressions read; `path` is the JSON Pointer of the string inside the value. */
  readonly references: readonly PlacedReference[]
  /** Doubtful spots that compile all the same. */
  readonly notes: readonly PlacedProblem[]
  /** The value with every expression replaced. Never throws; the first failing place stops it. */
  readonly evaluate: (scope: Scope) => Result<Json, EvaluationProblem>
}

export type PlacedReference = Reference & { readonly path: string }
export type PlacedProblem = CompileProblem & { readonly path: string }

class ValueCompiler {
  readonly references: PlacedReference[] = []
  readonly notes: PlacedProblem[] = []
  readonly problems: PlacedProblem[] = []

  /** An evaluator, or null when the value holds no expression. */
  compile(value: Json, path: string): Evaluator | null {
    if (typeof value === 'string') return value.includes('{{') ? this.#compileText(value, path) : null
    if (typeof value !== 'object' || value === null) return null
    if (Array.isArray(value)) return this.#compileList(value as readonly Json[], path)
    return this.#compileObject(value as { readonly [key: string]: Json }, path)
  }

  #compileText(text: string, path: string): Evaluator | null {
    const compiled = compileTemplate(text)
    if (!compiled.ok) {
      this.problems.push({ ...compiled.error, path })
      return null
    }
    const { references, notes, evaluateWithin } = compiled.value
    for (const reference of references) this.references.push({ ...reference, path })
    for (const note of notes) this.notes.push({ ...note, path })
    return (scope, run) => {
      run.path = path
      return evaluateWithin(scope, run)
    }
  }

  #compileList(list: readonly Json[], path: string): Evaluator | null {
    const items = list.map((item, i) => this.compile(item, appendPointer(path, i)))
    if (items.every((item) => item === null)) return null
    return (scope, run) => list.map((item, i) => items[i]?.(scope, run) ?? (items[i] == null ? item : null))
  }

  #compileObject(object: { readonly [key: string]: Json }, path: string): Evaluator | null {
    const fields = Object.keys(object).map((key) => {
      const value = object[key] ?? null
      return { key, value, evaluator: this.compile(value, appendPointer(path, key)) }
    })
    if (fields.every((field) => field.evaluator === null)) return null
    return (scope, run) => {
      const result: Record<string, Json> = {}
      for (const { key, value, evaluator } of fields)
        setOwn(result, key, evaluator === null ? value : evaluator(scope, run))
      return result
    }
  }
}

/**
 * Compiles every string of a JSON value; keys are left alone. Answers all strings that do not compile. What an
 * expression yields is never looked at for expressions again.
 */
export function compileValue(value: Json): Result<CompiledValue, readonly PlacedProblem[]> {
  const compiler = new ValueCompiler()
  const evaluator = compiler.compile(value, '')
  if (compiler.problems.length > 0) return err(compiler.problems)
  const { references, notes } = compiler
  if (evaluator === null) return ok({ constant: true, references, notes, evaluate: () => ok(value) })
  return ok({
    constant: false,
    references,
    notes,
    evaluate: (scope) => {
      const run = new Evaluation()
      try {
        return ok(evaluator(scope, run))
      } catch (thrown) {
        return err(run.problemOf(thrown))
      }
    },
  })
}
