import type { Json } from '../kernel/json'
import type { EpochMs } from '../kernel/time'
import type { Failure } from '../model/failure'

/** What an execution leaves behind besides its journal: the value of `output`, or why there is none. */
export type ExecutionResult = {
  readonly output: Json
  readonly error: Failure | null
  readonly startedAt: EpochMs | null
  readonly endedAt: EpochMs
}
