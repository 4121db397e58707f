import type { DeploymentConfig } from '#core/model/deployment-config'
import type { Shards } from '../ports/shards'

const DEPLOYMENTS_MAX = 1_000

/** Configs an isolate has seen. They may be old: accept compares epochs and answers with the newer one. */
export type ConfigCache = {
  /** Null for a ref no deployment was ever made with. */
  get(ref: string): Promise<DeploymentConfig | null>
  put(config: DeploymentConfig): void
  /** Asks the shard, whatever is known. */
  refresh(ref: string): Promise<DeploymentConfig | null>
}

export function createConfigCache(shards: Shards): ConfigCache {
  const known = new Map<string, DeploymentConfig>()
  function put(config: DeploymentConfig): void {
    const before = known.get(config.ref)
    if (before !== undefined && before.epoch > config.epoch) return
    if (before === undefined && known.size >= DEPLOYMENTS_MAX) known.delete(known.keys().next().value ?? '')
    known.set(config.ref, config)
  }
  // Requests never share a question: one whose caller hangs up takes its answer with it, and all who waited along.
  async function refresh(ref: string): Promise<DeploymentConfig | null> {
    const config = await shards(ref, 0).config()
    if (config !== null) put(config)
    return config
  }
  return { get: async (ref) => known.get(ref) ?? refresh(ref), put, refresh }
}
