import type { Deployments } from '../../../worker/ports/deployments'
import type { Ingress } from '../../../worker/ports/ingress'
import type { Shards } from '../../../worker/ports/shards'
import { createConfigCache } from '../../../worker/services/config-cache'
import { createIngress } from '../../../worker/services/ingress'
import type { IngressDeps } from '../../../worker/services/ingress-deps'
import type { RunnerDeps } from '../../../worker/services/runner/runner-deps'

/** The way in to published releases, by the clock of its runner. No limits, no archive, and nothing that is missing is provided. */
export function ingressTo(shards: Shards, runner: RunnerDeps, more: Partial<IngressDeps> = {}): Ingress {
  return createIngress({
    clock: runner.clock,
    nonce: () => crypto.randomUUID(),
    configs: createConfigCache(shards, runner.clock),
    shards,
    deployments: (() => undefined) as unknown as Deployments,
    runner,
    archive: { read: async () => null },
    triggerLimit: async () => [],
    background: (work) => void work.catch(() => undefined),
    ...more,
  })
}
