import { ROOTS, type BinaryOperator, type Node, type Root } from './ast'
import { CompileRefusal } from './compile-refusal'
import { EXPRESSION_LIMITS } from './expression-limits'
import { FUNCTIONS } from './functions/index'
import { nearest } from '../kernel/nearest'
import type { Token } from './tokenize'

const BINDING: Readonly<Record<BinaryOperator, number>> = {
  '??': 2,
  '||': 3,
  '&&': 4,
  '==': 5,
  '!=': 5,
  '<': 6,
  '<=': 6,
  '>': 6,
  '>=': 6,
  '+': 7,
  '-': 7,
  '*': 8,
  '/': 8,
  '%': 8,
}
const CONDITIONAL_BINDING = 1
const UNARY_BINDING = 9
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype'])
const WORDS: Readonly<Record<string, string>> = { and: '&&', or: '||', not: '!' }

const isRoot = (name: string): name is Root => (ROOTS as readonly string[]).includes(name)
const isBinary = (text: string): text is BinaryOperator => Object.hasOwn(BINDING, text)

/** Pratt parser over the tokens of one `{{ }}`; `end` is the token on the closing braces. */
class Parser {
  readonly #tokens: readonly Token[]
  #next = 0
  #depth = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  parseAll(): Node {
    const first = this.#peek()
    if (first.kind === 'end') throw new CompileRefusal('{{ }} holds no expression', first.at)
    const node = this.#parse(0)
    const rest = this.#peek()
    if (rest.kind !== 'end') {
      const word = Object.hasOwn(WORDS, rest.text) ? WORDS[rest.text] : undefined
      throw new CompileRefusal(
        `Unexpected ${describe(rest)}`,
        rest.at,
        word === undefined ? 'Expected an operator or }}.' : `Write ${word} instead of “${rest.text}”.`,
      )
    }
    return node
  }

  #peek(): Token {
    const token = this.#tokens[this.#next]
    if (token === undefined) throw new CompileRefusal('An expression ends too early', 0)
    return token
  }

  #take(): Token {
    const token = this.#peek()
    this.#next++
    return token
  }

  #has(operator: string): boolean {
    const token = this.#peek()
    return token.kind === 'operator' && token.text === operator
  }

  #accept(operator: string): boolean {
    const found = this.#has(operator)
    if (found) this.#next++
    return found
  }

  #expect(operator: string, opened: Token): Token {
    const token = this.#take()
    if (token.kind === 'operator' && token.text === operator) return token
    throw new CompileRefusal(
      `Expected ${operator} but found ${describe(token)}`,
      token.at,
      `For the ${opened.text} before it.`,
    )
  }

  #parse(binding: number): Node {
    if (++this.#depth > EXPRESSION_LIMITS.depthMax) {
      throw new CompileRefusal(`An expression is nested deeper than ${EXPRESSION_LIMITS.depthMax}`, this.#peek().at)
    }
    let left = this.#parsePrefix()
    for (;;) {
      const token = this.#peek()
      if (token.kind !== 'operator') break
      if (token.text === '?' && binding < CONDITIONAL_BINDING) left = this.#parseConditional(left)
      else if (isBinary(token.text) && binding < BINDING[token.text]) left = this.#parseBinary(left, token.text)
      else break
    }
    this.#depth--
    return left
  }

  #parseBinary(left: Node, operator: BinaryOperator): Node {
    this.#take()
    const right = this.#parse(BINDING[operator])
    return { type: 'binary', operator, left, right, at: left.at, end: right.end }
  }

  #parseConditional(test: Node): Node {
    const question = this.#take()
    const yes = this.#parse(0)
    this.#expect(':', question)
    const no = this.#parse(0)
    return { type: 'conditional', test, yes, no, at: test.at, end: no.end }
  }

  #parsePrefix(): Node {
    const token = this.#take()
    if (token.kind === 'operator' && (token.text === '!' || token.text === '-')) {
      const operand = this.#parse(UNARY_BINDING)
      return { type: 'unary', operator: token.text, operand, at: token.at, end: operand.end }
    }
    return this.#parsePostfix(this.#parsePrimary(token))
  }

  #parsePrimary(token: Token): Node {
    const { at, end } = token
    if (token.kind === 'string') return { type: 'literal', value: token.text, at, end }
    if (token.kind === 'number') return { type: 'literal', value: numberOf(token), at, end }
    if (token.kind === 'name') return this.#parseName(token)
    if (token.kind === 'operator' && token.text === '(') {
      const inner = this.#parse(0)
      const close = this.#expect(')', token)
      return { ...inner, at, end: close.end }
    }
    if (token.kind === 'operator' && token.text === '[') {
      const { items, end: listEnd } = this.#parseItems(token, ']')
      return { type: 'list', items, at, end: listEnd }
    }
    throw new CompileRefusal(`Expected a value but found ${describe(token)}`, at)
  }

  #parseName(token: Token): Node {
    const { text, at, end } = token
    if (text === 'true' || text === 'false') return { type: 'literal', value: text === 'true', at, end }
    if (text === 'null') return { type: 'literal', value: null, at, end }
    if (this.#has('(')) return this.#parseCall(token)
    if (isRoot(text)) return { type: 'root', name: text, at, end }
    const close = nearest(text, ROOTS)
    const hint =
      close === null
        ? `A value starts with one of ${ROOTS.join(', ')}, or is quoted as text.`
        : `Did you mean ${close}?`
    throw new CompileRefusal(`Unknown name “${text}”`, at, hint)
  }

  #parseCall(name: Token): Node {
    const definition = FUNCTIONS.get(name.text)
    if (definition === undefined) {
      const close = nearest(name.text, [...FUNCTIONS.keys()])
      throw new CompileRefusal(
        `Unknown function ${name.text}()`,
        name.at,
        close === null ? 'The functions are listed in docs/design/expressions.md.' : `Did you mean ${close}()?`,
      )
    }
    const { items: args, end } = this.#parseItems(this.#take(), ')')
    const { argsMin, argsMax, signature } = definition
    if (args.length < argsMin || args.length > argsMax) {
      throw new CompileRefusal(`${name.text}() got ${args.length} arguments`, name.at, `It is called as ${signature}.`)
    }
    return { type: 'call', name: name.text, args, at: name.at, end }
  }

  #parseItems(open: Token, close: string): { items: Node[]; end: number } {
    const items: Node[] = []
    while (!this.#has(close)) {
      items.push(this.#parse(0))
      if (!this.#accept(',')) break
    }
    return { items, end: this.#expect(close, open).end }
  }

  #parsePostfix(start: Node): Node {
    let node = start
    for (;;) {
      const token = this.#peek()
      if (token.kind !== 'operator') return node
      if (token.text === '[') node = this.#parseIndex(node, false)
      else if (token.text === '.') node = this.#parseMember(node, false)
      else if (token.text === '?.') node = this.#parseMember(node, true)
      else return node
    }
  }

  #parseIndex(object: Node, optional: boolean): Node {
    const open = this.#take()
    const key = this.#parse(0)
    const { end } = this.#expect(']', open)
    if (key.type === 'literal' && typeof key.value === 'string') refuseForbidden(key.value, key.at)
    return { type: 'index', object, key, optional, at: object.at, end }
  }

  #parseMember(object: Node, optional: boolean): Node {
    const dot = this.#take()
    if (optional && this.#has('[')) return this.#parseIndex(object, true)
    const name = this.#take()
    if (name.kind === 'number') {
      throw new CompileRefusal(
        'A list is indexed with brackets',
        dot.at,
        `Write [${name.text}] instead of .${name.text}.`,
      )
    }
    if (name.kind !== 'name')
      throw new CompileRefusal(`Expected a name behind the dot but found ${describe(name)}`, name.at)
    if (this.#has('('))
      throw new CompileRefusal(
        `.${name.text}() is not a function`,
        name.at,
        `Values have no methods: call ${name.text}(…) with the value inside.`,
      )
    refuseForbidden(name.text, name.at)
    const key: Node = { type: 'literal', value: name.text, at: name.at, end: name.end }
    return { type: 'index', object, key, optional, at: object.at, end: name.end }
  }
}

function describe(token: Token): string {
  if (token.kind === 'end') return 'the end of the expression'
  return token.kind === 'string' ? 'a string' : `“${token.text}”`
}

function numberOf(token: Token): number {
  const value = Number(token.text)
  if (!Number.isFinite(value)) throw new CompileRefusal(`${token.text} is too large a number`, token.at)
  return value
}

function refuseForbidden(name: string, at: number): void {
  if (FORBIDDEN.has(name)) throw new CompileRefusal(`The name ${name} cannot be read`, at)
}

/** The tree of one expression. Throws CompileRefusal. */
export function parse(tokens: readonly Token[]): Node {
  return new Parser(tokens).parseAll()
}
