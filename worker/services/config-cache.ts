import type { DeploymentConfig } from '#core/shard/wire'
import type { Shards } from '../ports/shards'

const DEPLOYMENTS_MAX = 1_000

/** Configs an isolate has seen. They may be old: accept compares epochs and answers with the newer one. */
export type ConfigCache = {
  /** Null for a ref no deployment was ever made with. */
  get(ref: string): Promise<DeploymentConfig | null>
  put(config: DeploymentConfig): void
}

export function createConfigCache(shards: Shards): ConfigCache {
  const known = new Map<string, DeploymentConfig>()
  function put(config: DeploymentConfig): void {
    if (known.size >= DEPLOYMENTS_MAX) known.delete(known.keys().next().value ?? '')
    known.set(config.ref, config)
  }
  return {
    async get(ref) {
      const cached = known.get(ref)
      if (cached !== undefined) return cached
      const config = await shards(ref, 0).config()
      if (config !== null) put(config)
      return config
    },
    put,
  }
}
