import type { Json } from '../kernel/json'

/** Why an attempt, a stage or an execution failed. Data, never an exception; recorded in the trace. */
export type Failure = {
  readonly code: string
  readonly message: string
  readonly hint?: string
  readonly stage?: string
  readonly details?: Json
}
