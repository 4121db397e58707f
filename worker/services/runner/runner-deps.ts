import type { ChildAnswer, ChildRequest } from '#core/components/context'
import type { JsonObject } from '#core/kernel/json'
import type { Clock } from '#core/kernel/time'
import type { DeploymentConfig } from '#core/model/deployment-config'
import type { Work } from '#core/shard/wire'
import type { ChatModel } from '../../ports/chat-model'
import type { CodeRunner } from '../../ports/code-runner'
import type { Doorbells } from '../../ports/doorbells'
import type { HttpSender } from '../../ports/http-sender'
import type { OutputStore } from '../../ports/output-store'
import type { ShardHandle } from '../../ports/shards'
import type { ReleaseCache } from './release-cache'
import type { SecretAccess } from './secret-access'

/** The stage that starts a child. */
export type ChildOf = { readonly work: Work; readonly config: DeploymentConfig; readonly stage: string }

/** What a runner needs of the world. */
export type RunnerDeps = {
  readonly clock: Clock
  /** Resolves after `ms`, or earlier when the signal aborts; never rejects. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>
  readonly http: HttpSender
  readonly ai: ChatModel
  readonly code: CodeRunner
  readonly outputs: OutputStore
  readonly releases: ReleaseCache
  readonly doorbells: Doorbells
  /** Starts a child of the stage at an address; the same one however often it is asked. Never rejects. */
  readonly startChild: (parent: ChildOf, request: ChildRequest) => Promise<ChildAnswer>
  /** Links that send an execution's signals, by name. */
  readonly signalLinks: (work: Pick<Work, 'id' | 'deadlineAt'>, names: readonly string[]) => Promise<JsonObject>
  readonly secretAccess: SecretAccess
  /** Tells the operators; never payloads or secrets. */
  readonly report: (event: string, facts: Readonly<Record<string, string | number>>) => void
}

/** Which shard a runner works for. `open` answers a fresh handle: one that saw a call break may stay broken. */
export type RunnerShard = { readonly ref: string; readonly no: number; readonly open: () => ShardHandle }
