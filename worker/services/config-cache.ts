import type { DeploymentConfig } from '#core/model/deployment-config'
import type { Shards } from '../ports/shards'

const DEPLOYMENTS_MAX = 1_000

/** Configs an isolate has seen. They may be old: accept compares epochs and answers with the newer one. */
export type ConfigCache = {
  /** Null for a ref no deployment was ever made with. */
  get(ref: string): Promise<DeploymentConfig | null>
  put(config: DeploymentConfig): void
  /** Asks the shard, whatever is known; callers at the same time share one question. */
  refresh(ref: string): Promise<DeploymentConfig | null>
}

export function createConfigCache(shards: Shards): ConfigCache {
  const known = new Map<string, DeploymentConfig>()
  const asking = new Map<string, Promise<DeploymentConfig | null>>()
  function put(config: DeploymentConfig): void {
    if (known.size >= DEPLOYMENTS_MAX) known.delete(known.keys().next().value ?? '')
    known.set(config.ref, config)
  }
  async function ask(ref: string): Promise<DeploymentConfig | null> {
    try {
      const config = await shards(ref, 0).config()
      if (config !== null) put(config)
      return config
    } finally {
      asking.delete(ref)
    }
  }
  function refresh(ref: string): Promise<DeploymentConfig | null> {
    const asked = asking.get(ref) ?? ask(ref)
    asking.set(ref, asked)
    return asked
  }
  return { get: async (ref) => known.get(ref) ?? refresh(ref), put, refresh }
}
