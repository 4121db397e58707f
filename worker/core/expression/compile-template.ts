import { changedValues } from './changed-values'
import type { Json } from '../kernel/json'
import { err, ok, type Result } from '../kernel/result'
import type { Node } from './ast'
import { ExpressionCompiler, type Evaluator } from './compile-expression'
import { CompileRefusal } from './compile-refusal'
import { Evaluation } from './evaluation-stop'
import { parse } from './parse'
import type { CompileProblem, EvaluationProblem } from './problem'
import type { Reference } from './reference'
import type { Scope } from './scope'
import { tokenize } from './tokenize'
import { toText } from './values'

/** A string compiled once. */
export type Template = {
  /** The string is one expression and nothing else but white space around it: the value keeps its type. */
  readonly whole: boolean
  /** No expression in it. */
  readonly constant: boolean
  readonly references: readonly Reference[]
  /** Doubtful spots that compile all the same. */
  readonly notes: readonly CompileProblem[]
  readonly evaluate: (scope: Scope) => Result<Json, EvaluationProblem>
  /** As evaluate, inside a larger evaluation: throws EvaluationStop. */
  readonly evaluateWithin: Evaluator
}

type Part = { readonly source: string; readonly node: Node; readonly evaluator: Evaluator; readonly textBehind: string }

/** `a?.b` opts out of the rule that null cannot be printed. */
function printsNull(node: Node): boolean {
  return node.type === 'index' && (node.optional || printsNull(node.object))
}

/** What the parts read, and what becomes of it there. */
function referencesOf(read: readonly Reference[], parts: readonly Part[]): readonly Reference[] {
  const changed = new Map(parts.flatMap(({ node }) => [...changedValues(node)]))
  if (changed.size === 0) return read
  return read.map((reference) => {
    const changedBy = changed.get(reference.at)
    return changedBy === undefined ? reference : { ...reference, changedBy }
  })
}

function split(text: string, compiler: ExpressionCompiler): { head: string; parts: Part[] } {
  const parts: Part[] = []
  let open = text.indexOf('{{')
  const head = open === -1 ? text : text.slice(0, open)
  while (open !== -1) {
    const tokens = tokenize(text, open + 2)
    const close = tokens.at(-1)?.at ?? text.length
    const node = parse(tokens)
    const evaluator = compiler.compile(node)
    open = text.indexOf('{{', close + 2)
    const textBehind = text.slice(close + 2, open === -1 ? text.length : open)
    parts.push({ source: text.slice(node.at, node.end), node, evaluator, textBehind })
  }
  return { head, parts }
}

function wholeEvaluator(part: Part): Evaluator {
  return (scope, run) => {
    run.expression = part.source
    return part.evaluator(scope, run)
  }
}

function textEvaluator(head: string, parts: readonly Part[]): Evaluator {
  const pieces = parts.map((part) => ({ ...part, nullable: printsNull(part.node) }))
  return (scope, run) => {
    let text = head
    for (const { source, evaluator, nullable, textBehind } of pieces) {
      run.expression = source
      const value = evaluator(scope, run)
      text += (value === null && nullable ? '' : toText(value, source, run)) + textBehind
      run.spendText(text.length)
    }
    return text
  }
}

function build(text: string): Template {
  const compiler = new ExpressionCompiler(text)
  const { head, parts } = split(text, compiler)
  const [only] = parts
  const whole = parts.length === 1 && only !== undefined && head.trim() === '' && only.textBehind.trim() === ''
  const constant = parts.length === 0
  const evaluateWithin = constant ? () => text : whole ? wholeEvaluator(only) : textEvaluator(head, parts)
  return {
    whole,
    constant,
    references: referencesOf(compiler.references, parts),
    notes: compiler.notes,
    evaluateWithin,
    evaluate: (scope) => {
      const run = new Evaluation()
      try {
        return ok(evaluateWithin(scope, run))
      } catch (thrown) {
        return err(run.problemOf(thrown))
      }
    },
  }
}

/** Compiles a string with any number of `{{ expressions }}`. Never throws; compile once and keep the result. */
export function compileTemplate(text: string): Result<Template, CompileProblem> {
  try {
    return ok(build(text))
  } catch (thrown) {
    if (thrown instanceof CompileRefusal) return err(thrown.problem)
    throw thrown
  }
}
