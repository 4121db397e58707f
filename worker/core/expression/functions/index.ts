import { dateFunctions } from './date'
import type { FunctionDefinition } from './define-function'
import { encodingFunctions } from './encoding'
import { listFunctions } from './list'
import { numberFunctions } from './number'
import { objectFunctions } from './object'
import { regexFunctions } from './regex'
import { textFunctions } from './text'

/** The register: every function an expression may call, by name. */
export const FUNCTIONS: ReadonlyMap<string, FunctionDefinition> = new Map(
  [
    ...textFunctions,
    ...numberFunctions,
    ...listFunctions,
    ...objectFunctions,
    ...dateFunctions,
    ...encodingFunctions,
    ...regexFunctions,
  ].map((definition) => [definition.name, definition]),
)
