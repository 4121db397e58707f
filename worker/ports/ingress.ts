import type { WebhookResponse } from '#core/components/context'
import type { Result } from '#core/kernel/result'
import type { EpochMs } from '#core/kernel/time'
import type { ExecutionStatus } from '#core/model/execution-status'
import type { ExecutionResult } from '#core/shard/result'
import type { DeploymentConfig } from '#core/model/deployment-config'
import type { RateVerdict } from '#core/model/rate'
import type { Cause, Work } from '#core/shard/wire'
import type { EndpointRate } from './trigger-limit'

/** One call, judged with a deployment's current config and ready to be accepted. */
export type Prepared = {
  readonly pin: number
  readonly cause: Cause
  /** The input, as JSON text. */
  readonly payload: string
  /** Hash of the sender's idempotency key, and of the request it came with. */
  readonly key?: string
  readonly fingerprint?: string
  /** Ask for the lease at once, to run inside the request. */
  readonly claim?: boolean
  readonly timeoutMs?: number
  /** The endpoint's own limit, when it has one. */
  readonly rate?: EndpointRate
  /** Not to be started before this much time has passed. */
  readonly delayMs?: number
  /** Journal to start from (retry from a stage), as event lines. */
  readonly seed?: readonly string[]
}

export type Accepted = {
  readonly id: string
  /** An earlier call with the same key made this execution. */
  readonly duplicate: boolean
  readonly config: DeploymentConfig
  readonly pin: number
  /** What the limits of its organization and endpoint leave. */
  readonly rates: readonly RateVerdict[]
  /** Handed to this request to run; counted from before the call that brought it was sent. */
  readonly lease?: { readonly work: Work; readonly sentAt: EpochMs }
  /** It was run before it was accepted. */
  readonly end?: Completion
}

export type IngressRefusal =
  | { readonly code: 'not_found' | 'paused' | 'undeployed' | 'key_reused' | 'too_many_live' | 'outcome_unknown' }
  | { readonly code: 'rate_limited'; readonly rates: readonly RateVerdict[] }

/** The way in for everything that starts an execution from outside. An `ok` is durable (I1); an error started nothing. */
export type Ingress = {
  /**
   * Lets `prepare` judge the call with the current config, accepts it, and on `stale` prepares again (at most 8 times). An
   * error of `prepare` is handed back as it is, but only under the current config: what a cached one refuses is asked again
   * with the shard's, or a key, a method or an address that was just deployed would stay refused. `shardKey` chooses the
   * shard; null = the key of what was prepared does, or any.
   */
  accept<R>(
    ref: string,
    shardKey: string | null,
    prepare: (config: DeploymentConfig) => Promise<Result<Prepared, R>>,
  ): Promise<Result<Accepted, R | IngressRefusal>>
  /** Waits until the execution ended, gave its caller an answer, or patience is over; runs it inside this request when it holds the lease. */
  complete(accepted: Accepted, patienceMs: number): Promise<Completion>
  /** The same way in for many at once: what arrives together reaches a shard together. */
  gathering(): Ingress
}

/** How far an execution came while somebody waited for it. */
export type Completion = {
  readonly status: ExecutionStatus
  readonly result: ExecutionResult | null
  /** What a stage answered whoever called the webhook; the execution may go on after it. */
  readonly response: WebhookResponse | null
}
