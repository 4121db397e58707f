import type { AwaitedFact, LogLine, WebhookResponse } from '../components/context'
import type { Json } from '../kernel/json'
import type { EpochMs } from '../kernel/time'
import type { TerminalStatus } from '../model/execution-status'
import type { Failure } from '../model/failure'

/** Version written into every journaled event; a runner that meets a newer one leaves the execution to a newer runner. */
export const EVENT_VERSION = 1

type Base = { readonly v: number; readonly at: EpochMs }

/**
 * What happened to an execution, in the past tense. `stage` is an address: the id of a stage, and for one that runs once per
 * item what leads to it, such as `orders[3]/lines[7]/book`. The journal is a list of these;
 * state = fold(journal) (I3).
 */
export type JournalEvent = Base &
  (
    | { readonly type: 'stage_started'; readonly stage: string; readonly attempt: number }
    | {
        readonly type: 'stage_succeeded'
        readonly stage: string
        readonly attempt: number
        /** When the attempt started; absent in journals older than the field. */
        readonly startedAt?: EpochMs
        readonly input: Json
        readonly output: Json
        /** The answer it gives whoever called the webhook (`respond`). */
        readonly response?: WebhookResponse
        /** Set when the output was too large for the journal: the R2 key that holds it; `output` is then null. */
        readonly outputRef?: string
        /** Its output was given with the test; it did not run. */
        readonly mocked?: true
        readonly logs?: readonly LogLine[]
      }
    | {
        readonly type: 'stage_opened'
        readonly stage: string
        readonly attempt: number
        readonly startedAt: EpochMs
        /** Without the items. */
        readonly input: Json
        /** What it runs its stages for, one after the other from index 0. */
        readonly items: readonly Json[]
        /** Set when the items were too large for the journal: the R2 key that holds them; `items` is then empty. */
        readonly itemsRef?: string
      }
    | {
        readonly type: 'attempt_failed'
        readonly stage: string
        readonly attempt: number
        readonly startedAt?: EpochMs
        readonly input: Json
        readonly failure: Failure
        readonly output?: Json
        /** Set when a stage failed for good with an output too large for the journal; `output` is then what is short of it. */
        readonly outputRef?: string
        readonly logs?: readonly LogLine[]
        /** When the next attempt is due; absent = the stage has failed for good. */
        readonly retryAt?: EpochMs
      }
    | {
        readonly type: 'stage_waiting'
        readonly stage: string
        readonly attempt: number
        readonly startedAt?: EpochMs
        readonly input: Json
        readonly until: EpochMs
        /** What ends the wait before its instant; absent = nothing does. */
        readonly for?: AwaitedFact
      }
    | { readonly type: 'timer_fired'; readonly stage: string }
    | {
        readonly type: 'signal_received'
        readonly name: string
        /** The same for repeats of one signal. */
        readonly signalId: string
        readonly payload: Json
        readonly actor: string | null
      }
    | {
        readonly type: 'child_finished'
        readonly executionId: string
        readonly status: TerminalStatus
        readonly output: Json
        readonly failure: Failure | null
      }
    | { readonly type: 'cancel_requested'; readonly reason: string; readonly actor: string | null }
    | { readonly type: 'deadline_passed' }
    | { readonly type: 'execution_failed'; readonly failure: Failure }
  )

/** Events that are never journaled: the first is the execution row itself, the second only asks for effects again. */
export type TransientEvent =
  | { readonly type: 'execution_accepted'; readonly v: number; readonly at: EpochMs }
  | { readonly type: 'resumed'; readonly v: number; readonly at: EpochMs }

export type ExecutionEvent = JournalEvent | TransientEvent
