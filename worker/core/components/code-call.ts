import type { Json } from '../kernel/json'
import type { Failure } from '../model/failure'

/** One run of a stage's own code; whose code it is follows from the stage that asks. Its console writes to the stage's log. */
export type CodeCall = {
  readonly inputs: Json
  /** Names of the secrets it is handed; no others exist for it. */
  readonly secrets: readonly string[]
  readonly timeoutMs: number
}

/** How the run ended. */
export type CodeAnswer =
  { readonly kind: 'returned'; readonly output: Json } | { readonly kind: 'failed'; readonly failure: Failure }
