import type { Clock } from '#core/kernel/time'
import type { Deployments } from '../ports/deployments'
import type { Shards } from '../ports/shards'
import type { TraceBlocks } from '../ports/trace-blocks'
import type { TriggerLimit } from '../ports/trigger-limit'
import type { ConfigCache } from './config-cache'
import type { RunnerDeps } from './runner/runner-deps'

/** What the way in needs of the world. */
export type IngressDeps = {
  readonly clock: Clock
  readonly nonce: () => string
  readonly configs: ConfigCache
  readonly shards: Shards
  readonly deployments: Deployments
  readonly runner: RunnerDeps
  readonly archive: Pick<TraceBlocks, 'read'>
  /** Triggers per time; one organization may not starve the others (I10). */
  readonly triggerLimit: TriggerLimit
  /** Keeps work alive after the answer has left. */
  readonly background: (work: Promise<unknown>) => void
}
