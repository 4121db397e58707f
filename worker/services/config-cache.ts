import { type Clock, type EpochMs, isWithin } from '#core/kernel/time'
import type { DeploymentConfig } from '#core/model/deployment-config'
import type { Shards } from '../ports/shards'

const DEPLOYMENTS_MAX = 1_000
/** A flood of calls that are refused asks one shard, the one that also accepts, no more often than this. */
const REFRESHES_MAX = 20
const REFRESH_WINDOW_MS = 1_000

/** Configs an isolate has seen. They may be old: accept compares epochs and answers with the newer one. */
export type ConfigCache = {
  /** Null for a ref no deployment was ever made with. */
  get(ref: string): Promise<DeploymentConfig | null>
  put(config: DeploymentConfig): void
  /** Asks the shard, whatever is known, up to twenty times in a second; beyond that it answers what is known. */
  refresh(ref: string): Promise<DeploymentConfig | null>
}

type Known = { config: DeploymentConfig; since: EpochMs; refreshes: number }

export function createConfigCache(shards: Shards, clock: Clock): ConfigCache {
  const known = new Map<string, Known>()
  function put(config: DeploymentConfig): void {
    const before = known.get(config.ref)
    if (before !== undefined) {
      if (before.config.epoch <= config.epoch) before.config = config
      return
    }
    if (known.size >= DEPLOYMENTS_MAX) known.delete(known.keys().next().value ?? '')
    known.set(config.ref, { config, since: clock(), refreshes: 0 })
  }
  // Requests never share a question: one whose caller hangs up takes its answer with it, and all who waited along.
  async function ask(ref: string): Promise<DeploymentConfig | null> {
    const config = await shards(ref, 0).config()
    if (config !== null) put(config)
    return config
  }
  async function refresh(ref: string): Promise<DeploymentConfig | null> {
    const entry = known.get(ref)
    if (entry === undefined) return ask(ref)
    if (!isWithin(entry.since, REFRESH_WINDOW_MS, clock())) Object.assign(entry, { since: clock(), refreshes: 0 })
    entry.refreshes += 1
    return entry.refreshes > REFRESHES_MAX ? entry.config : ask(ref)
  }
  return { get: async (ref) => known.get(ref)?.config ?? ask(ref), put, refresh }
}
