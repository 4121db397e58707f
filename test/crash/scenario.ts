import type { HttpAnswer } from '#core/components/context'
import type { Json } from '#core/kernel/json'
import type { TerminalStatus } from '#core/model/execution-status'

/** One request as the outside saw it. `nth` counts those with the same key. */
export type Effect = {
  readonly key: string
  readonly stage: string
  readonly nth: number
  readonly method: string
  readonly url: string
  readonly body: string | null
}

/** What the outside does besides answering, while a request is with it. */
export type Disturbance = 'cancel' | 'restart'

export type Scenario = {
  readonly name: string
  readonly stages: Json
  /** The execution's own limit. */
  readonly timeoutMs?: number
  /** The sender waits for the end, and the execution runs inside its request. */
  readonly waits?: boolean
  /** Whoever answers the sender has run the release before. */
  readonly warm?: boolean
  /** What a stage answers the waiting sender. */
  readonly response?: { readonly status: number; readonly body: Json }
  /** Sent twice under one key, ten seconds after the sender was told the execution. */
  readonly signal?: string
  /** Executions in all, children included; 1 unless it says otherwise. */
  readonly executions?: number
  /** It may not be over any sooner. */
  readonly tookMsMin?: number
  /** 200 unless it says otherwise; `hang`: never. */
  readonly answer?: (effect: Effect) => HttpAnswer | 'hang' | undefined
  readonly disturbs?: (effect: Effect) => Disturbance | undefined
  /** How it may end; the first is how it ends undisturbed. */
  readonly ends: readonly TerminalStatus[]
  /** How many effects one kill may repeat: those under way at the same time, 1 unless it says otherwise. */
  readonly repeats?: number
  /** Effects of the undisturbed run, as `stage` or `stage×times`: each list begins when the one before has ended. */
  readonly effects: readonly (string | readonly string[])[]
}
