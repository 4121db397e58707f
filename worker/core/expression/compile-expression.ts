import { RE2JS } from 're2js'
import { nearest } from '../kernel/nearest'
import type { Json } from '../kernel/json'
import type { Node, Root } from './ast'
import { CompileRefusal } from './compile-refusal'
import { EvaluationStop, type Evaluation } from './evaluation-stop'
import { FUNCTIONS } from './functions/index'
import { Arguments } from './functions/arguments'
import { applyOperator } from './operators'
import type { CompileProblem } from './problem'
import type { Reference } from './reference'
import type { Scope } from './scope'
import { isTruthy, readField, readKey } from './values'

export type Evaluator = (scope: Scope, run: Evaluation) => Json

type IndexNode = Extract<Node, { type: 'index' }>
type CallNode = Extract<Node, { type: 'call' }>
type BinaryNode = Extract<Node, { type: 'binary' }>

const STAGE_FIELDS = ['status', 'output', 'error', 'attempts', 'duration']
const EXECUTION_FIELDS = [
  'id',
  'workflow',
  'version',
  'environment',
  'trigger',
  'started_at',
  'duration',
  'stages_completed',
  'signals',
]
/** What reads as a subtraction to a person and as a name to the parser. */
const MINUS_IN_NAME = /^[\w$]+-\d+$/

/** Turns one tree into closures and notes what it reads. `optional`: what is missing is null instead of an error. */
export class ExpressionCompiler {
  readonly references: Reference[] = []
  readonly notes: CompileProblem[] = []
  readonly #source: string

  constructor(source: string) {
    this.#source = source
  }

  compile(node: Node, optional = false): Evaluator {
    switch (node.type) {
      case 'literal': {
        const { value } = node
        return () => value
      }
      case 'list': {
        const items = node.items.map((item) => this.compile(item))
        return (scope, run) => items.map((item) => item(scope, run))
      }
      case 'root':
        return this.#compileRoot(node.name, node.at, null, optional)
      case 'index':
        return this.#compileIndex(node, optional)
      case 'call':
        return this.#compileCall(node)
      case 'unary':
        return this.#compileUnary(node)
      case 'binary':
        return this.#compileBinary(node, optional)
      case 'conditional': {
        const test = this.compile(node.test)
        const yes = this.compile(node.yes, optional)
        const no = this.compile(node.no, optional)
        return (scope, run) => (isTruthy(test(scope, run)) ? yes(scope, run) : no(scope, run))
      }
    }
  }

  #words(node: Node): string {
    const text = this.#source.slice(node.at, node.end)
    return text.length <= 80 ? text : `${text.slice(0, 79)}…`
  }

  #compileRoot(root: Root, at: number, field: string | null, optional: boolean): Evaluator {
    if (root === 'vars' || root === 'secrets' || root === 'stages') {
      const example = { vars: 'vars.API_BASE_URL', secrets: 'secrets.API_TOKEN', stages: 'stages.fetch.output' }[root]
      throw new CompileRefusal(
        `${root} is read by name, not as a whole`,
        at,
        `Write a name behind it, such as ${example}.`,
      )
    }
    this.references.push({ kind: root, name: field, optional, at })
    if (root === 'input') return (scope) => scope.input
    if (root === 'trigger') return (scope) => scope.trigger
    if (root === 'execution') return (scope) => scope.execution
    return (scope) => {
      const value = scope[root]
      if (value !== undefined) return value
      if (optional) return null
      throw new EvaluationStop('not_available', `${root} has no value here`, WHERE[root])
    }
  }

  #compileNamed(root: 'vars' | 'secrets' | 'stages', node: IndexNode, optional: boolean): Evaluator {
    const name = node.key.type === 'literal' && typeof node.key.value === 'string' ? node.key.value : null
    if (name === null) {
      throw new CompileRefusal(
        `${root}[…] needs a name in quotes`,
        node.key.at,
        'What a workflow reads must be known before it runs, so the name cannot be computed.',
      )
    }
    const kind = ({ vars: 'variable', secrets: 'secret', stages: 'stage' } as const)[root]
    this.references.push({ kind, name, optional, at: node.at })
    const words = this.#words(node)
    const missing = () => {
      if (optional) return null
      const unset = kind === 'stage' ? undefined : `Set it in this environment, or give a default: ${words} ?? ''.`
      const hint = MINUS_IN_NAME.test(name) ? 'Put spaces around minus to subtract.' : unset
      throw new EvaluationStop(`missing_${kind}`, `${words} does not exist`, hint)
    }
    if (kind === 'variable') return (scope) => scope.variable(name) ?? missing()
    if (kind === 'secret') return (scope) => scope.secret(name) ?? missing()
    return (scope) => scope.stage(name) ?? missing()
  }

  #compileIndex(node: IndexNode, inherited: boolean): Evaluator {
    const { object: target, key } = node
    const optional = inherited || node.optional
    const name = key.type === 'literal' && typeof key.value === 'string' ? key.value : null
    if (target.type === 'root' && (target.name === 'vars' || target.name === 'secrets' || target.name === 'stages')) {
      return this.#compileNamed(target.name, node, optional)
    }
    if (name !== null) this.#checkField(target, name, key.at)
    const object =
      target.type === 'root'
        ? this.#compileRoot(target.name, target.at, name, optional)
        : this.compile(target, optional)
    if (name !== null) return (scope, run) => readField(object(scope, run), name)
    const index = this.compile(key)
    return (scope, run) => readKey(object(scope, run), index(scope, run))
  }

  #checkField(target: Node, name: string, at: number): void {
    const isStage = target.type === 'index' && target.object.type === 'root' && target.object.name === 'stages'
    const isExecution = target.type === 'root' && target.name === 'execution'
    const known = isStage ? STAGE_FIELDS : isExecution ? EXECUTION_FIELDS : null
    if (known !== null && !known.includes(name)) {
      const close = nearest(name, known)
      const offered = `${isStage ? 'A stage' : 'execution'} offers ${known.join(', ')}.`
      throw new CompileRefusal(
        `${this.#words(target)} has no “${name}”`,
        at,
        close === null ? offered : `Did you mean ${close}? ${offered}`,
      )
    }
    const dotted = this.#source[at] !== "'" && this.#source[at] !== '"'
    if (dotted && MINUS_IN_NAME.test(name)) {
      const message = `“${name}” is read as the name of a field`
      this.notes.push({ code: 'expression_invalid', message, at, hint: 'Put spaces around minus to subtract.' })
    }
  }

  #compileCall(node: CallNode): Evaluator {
    const definition = FUNCTIONS.get(node.name)
    if (definition === undefined) throw new CompileRefusal(`Unknown function ${node.name}()`, node.at)
    const { name, call, patternArgument } = definition
    const pattern = patternArgument === undefined ? null : this.#compilePattern(node, patternArgument)
    const words = node.args.map((argument) => this.#words(argument))
    const args = node.args.map((argument) => this.compile(argument))
    return (scope, run) => {
      run.spend(1)
      return call(
        new Arguments(
          name,
          args.map((argument) => argument(scope, run)),
          words,
          run,
        ),
        pattern,
      )
    }
  }

  #compilePattern(node: CallNode, index: number): RE2JS {
    const argument = node.args[index]
    if (argument?.type !== 'literal' || typeof argument.value !== 'string') {
      throw new CompileRefusal(
        `The pattern of ${node.name}() must be written in quotes`,
        argument?.at ?? node.at,
        'A pattern cannot be computed.',
      )
    }
    try {
      return RE2JS.compile(argument.value)
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'unknown'
      throw new CompileRefusal(
        `Not a regular expression: ${reason}`,
        argument.at,
        'Patterns follow RE2: no look-around, no back references.',
      )
    }
  }

  #compileUnary(node: Extract<Node, { type: 'unary' }>): Evaluator {
    const operand = this.compile(node.operand)
    if (node.operator === '!') return (scope, run) => !isTruthy(operand(scope, run))
    const zero = { value: 0, name: '0' }
    const name = this.#words(node.operand)
    return (scope, run) => {
      const value = operand(scope, run)
      return typeof value === 'number' ? -value : applyOperator('-', zero, { value, name }, run)
    }
  }

  #compileBinary(node: BinaryNode, optional: boolean): Evaluator {
    const { operator } = node
    if (operator === '??') {
      const left = this.compile(node.left, true)
      const right = this.compile(node.right, optional)
      return (scope, run) => left(scope, run) ?? right(scope, run)
    }
    const left = this.compile(node.left)
    const right = this.compile(node.right)
    if (operator === '&&' || operator === '||') {
      return (scope, run) => {
        const value = left(scope, run)
        return isTruthy(value) === (operator === '&&') ? right(scope, run) : value
      }
    }
    const [leftName, rightName] = [this.#words(node.left), this.#words(node.right)]
    return (scope, run) =>
      applyOperator(
        operator,
        { value: left(scope, run), name: leftName },
        { value: right(scope, run), name: rightName },
        run,
      )
  }
}

const WHERE = {
  output: 'output is the result of the current attempt: it exists in retry.condition and pagination.',
  item: 'item exists inside a foreach.',
  index: 'index exists inside a foreach.',
} as const
