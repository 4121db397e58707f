import { SHARD_COUNTS } from '../model/home-shard'
import type { DeploymentState } from './state'

/** A runner takes up to five executions at a time: a shard with fewer slots would keep none busy. */
const SLOTS_PER_SHARD_MIN = 5

/**
 * How many shards a deployment should have after one of `seen` shards had too much to do; null to leave it as it is. Shards
 * that ask at the same time have seen the same number, so it grows once. What takes nothing in does not grow, and nothing
 * grows until its limit is too small a share for each shard: somebody who knows better may still scale it.
 */
export function growUnderLoad(state: DeploymentState, limit: number, seen: number): number | null {
  if (state.status === 'undeployed' || state.status === 'paused') return null
  if (seen !== state.routed || state.routed !== state.shards) return null
  const next = SHARD_COUNTS.find((count) => count > state.shards)
  return next === undefined || limit < next * SLOTS_PER_SHARD_MIN ? null : next
}
