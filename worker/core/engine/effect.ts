import type { EpochMs } from '../kernel/time'
import type { Failure } from '../model/failure'
import type { TerminalStatus } from '../model/execution-status'

/** What `decide` asks the runner to do, in the imperative. */
export type Effect =
  | {
      readonly type: 'start_stage'
      readonly stage: string
      readonly attempt: number
      /** Number of journaled events that must be committed before an unsafe effect may leave (4.4 rule 7). */
      readonly afterEvent: number
      /** Nothing may be sent before its start is committed; after that, never again. */
      readonly atMostOnce?: true
      /** Its start is committed and its result is not: whoever started it may have sent it. It must fail, not run. */
      readonly inDoubt?: true
    }
  | { readonly type: 'set_timer'; readonly stage: string; readonly at: EpochMs }
  | { readonly type: 'abort_stage'; readonly stage: string }
  | { readonly type: 'finish'; readonly status: TerminalStatus; readonly failure: Failure | null }
