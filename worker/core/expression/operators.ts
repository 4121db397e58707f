import type { Json } from '../kernel/json'
import type { BinaryOperator } from './ast'
import { EvaluationStop, type Evaluation } from './evaluation-stop'
import { equals, toText, typeName } from './values'

/** An operand and how the problem calls it: its own words. */
export type Operand = { readonly value: Json; readonly name: string }

type Arithmetic = Exclude<BinaryOperator, '&&' | '||' | '??'>

function mismatch(operator: string, left: Operand, right: Operand): EvaluationStop {
  const operands = `${left.name} is ${typeName(left.value)} and ${right.name} is ${typeName(right.value)}`
  const nulls = left.value === null || right.value === null
  return new EvaluationStop(
    'type_mismatch',
    `${operator} does not apply: ${operands}`,
    nulls ? 'Give the null a default with ??.' : 'Convert with number(…) or string(…).',
  )
}

function finite(value: number, operator: string, right: Operand): number {
  if (Number.isFinite(value)) return value
  const message = right.value === 0 ? `${operator} divides by zero: ${right.name} is 0` : `${operator} overflows`
  throw new EvaluationStop('not_a_number', message)
}

function add(left: Operand, right: Operand, run: Evaluation): Json {
  const [a, b] = [left.value, right.value]
  if (typeof a === 'number' && typeof b === 'number') return finite(a + b, '+', right)
  if (typeof a !== 'string' && typeof b !== 'string') throw mismatch('+', left, right)
  const [head, tail] = [toText(a, left.name, run), toText(b, right.name, run)]
  run.spendText(head.length + tail.length)
  return head + tail
}

function compare(operator: '<' | '<=' | '>' | '>=', left: Operand, right: Operand): boolean {
  const [a, b] = [left.value, right.value]
  if (a === null || b === null) return false
  if (!((typeof a === 'number' && typeof b === 'number') || (typeof a === 'string' && typeof b === 'string'))) {
    throw mismatch(operator, left, right)
  }
  if (operator === '<') return a < b
  if (operator === '<=') return a <= b
  return operator === '>' ? a > b : a >= b
}

/** The value of an operator that needs both its operands. Comparing with null is false; `==` never converts. */
export function applyOperator(operator: Arithmetic, left: Operand, right: Operand, run: Evaluation): Json {
  switch (operator) {
    case '==':
      return equals(left.value, right.value, run)
    case '!=':
      return !equals(left.value, right.value, run)
    case '+':
      return add(left, right, run)
    case '<':
    case '<=':
    case '>':
    case '>=':
      return compare(operator, left, right)
    case '-':
    case '*':
    case '/':
    case '%': {
      const [a, b] = [left.value, right.value]
      if (typeof a !== 'number' || typeof b !== 'number') throw mismatch(operator, left, right)
      if (operator === '-') return finite(a - b, operator, right)
      if (operator === '*') return finite(a * b, operator, right)
      return finite(operator === '/' ? a / b : a % b, operator, right)
    }
  }
}
