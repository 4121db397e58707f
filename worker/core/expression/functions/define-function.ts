import type { RE2JS } from 're2js'
import type { Json } from '../../kernel/json'
import type { Arguments } from './arguments'

/**
 * What becomes of a secret in the arguments: `hidden`: the result does not tell it · `whole`: it stands in the result as it
 * is · `escaped`: as it is but for escapes that are undone when texts are masked · `encoded`: in a form that masking knows.
 */
export type SecretUse = 'hidden' | 'whole' | 'escaped' | 'encoded'

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
  /** Absent: it may take a text apart, and a document that hands it a secret is refused. */
  readonly secretUse?: SecretUse
  readonly call: (args: Arguments, pattern: RE2JS | null) => Json
}
