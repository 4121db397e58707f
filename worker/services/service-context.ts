import type { RandomBytes } from '#core/kernel/id'
import type { Clock } from '#core/kernel/time'
import type { Deployments } from '../ports/deployments'
import type { DeploymentProjection } from '../ports/deployment-projection'
import type { Digest } from '../ports/digest'
import type { Doorbells } from '../ports/doorbells'
import type { Ingress } from '../ports/ingress'
import type { KeyCustodian } from '../ports/key-custodian'
import type { OutputStore } from '../ports/output-store'
import type { Shards } from '../ports/shards'
import type { Stores } from '../ports/stores'
import type { TraceBlocks } from '../ports/trace-blocks'
import type { Vault } from '../ports/vault'
import type { Caller } from './caller'

/** What every use case may reach, whoever calls. */
export type ServiceDeps = {
  readonly clock: Clock
  readonly randomBytes: RandomBytes
  readonly digest: Digest
  readonly vault: Vault
  readonly custodian: KeyCustodian
  readonly deployments: Deployments
  readonly projection: DeploymentProjection
  readonly doorbells: Doorbells
  readonly shards: Shards
  readonly ingress: Ingress
  readonly archive: Pick<TraceBlocks, 'read'>
  readonly outputs: OutputStore
  /** The public address of a webhook. */
  readonly webhookUrl: (ref: string, slot: number) => Promise<string>
}

/** One call: the dependencies, who calls, and the stores of their organization. */
export type ServiceContext = ServiceDeps & {
  readonly caller: Caller
  readonly stores: Stores
  /** Executions that led to this call over the network; absent = none. */
  readonly hops?: number
  /** The trace this call is part of, as its caller says; absent = none. */
  readonly traceparent?: string
}
