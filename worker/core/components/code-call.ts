import type { Json } from '../kernel/json'
import type { Failure } from '../model/failure'

/** One run of a stage's own code; whose code it is follows from the stage that asks. Its console writes to the stage's log. */
export type CodeCall = {
  readonly inputs: Json
  /** Names of the secrets it is handed; no others exist for it. */
  readonly secrets: readonly string[]
  readonly timeoutMs: number
}

/** The same with everything it needs, as it leaves the engine. */
export type CodeInvocation = Omit<CodeCall, 'secrets'> & {
  /** The stage of the document whose source is run. */
  readonly source: string
  readonly secrets: Readonly<Record<string, string>>
  /** What the code may know about the execution it is part of. */
  readonly execution: {
    readonly id: string
    readonly stage: string
    readonly attempt: number
    readonly idempotencyKey: string
  }
}

/** How the run ended. */
export type CodeAnswer =
  { readonly kind: 'returned'; readonly output: Json } | { readonly kind: 'failed'; readonly failure: Failure }
