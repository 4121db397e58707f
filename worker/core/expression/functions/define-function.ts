import type { RE2JS } from 're2js'
import type { Json } from '../../kernel/json'
import type { Arguments } from './arguments'

/** One function of the table. Pure, total but for EvaluationStop, and charged for work that grows with its arguments. */
export type FunctionDefinition = {
  readonly name: string
  readonly group: 'text' | 'number' | 'list' | 'object' | 'date' | 'json' | 'encoding' | 'hash' | 'regex'
  /** How it is called, with its parameters: `replace(text, search, replacement)`. */
  readonly signature: string
  readonly summary: string
  readonly argsMin: number
  readonly argsMax: number
  /** The argument that is a regular expression: a literal, compiled once. */
  readonly patternArgument?: number
  readonly call: (args: Arguments, pattern: RE2JS | null) => Json
}
