import type { EpochMs } from '../kernel/time'
import { SHARD_COUNTS, SPLIT_REMEMBERED_MS } from '../model/home-shard'
import type { DeploymentState } from './state'

/**
 * Chooses how many of a deployment's shards take new executions: as many as were opened, but never more than may run at
 * once, so that each has a share of the limit. Remembers between which numbers keys may have moved.
 */
export function routeShards(state: DeploymentState, limit: number, now: EpochMs): DeploymentState {
  const most = Math.min(state.shards, limit)
  const routed = SHARD_COUNTS.findLast((count) => count <= most) ?? 1
  if (routed === state.routed) return state
  const { split } = state
  const isRemembered = split !== null && now < split.at + SPLIT_REMEMBERED_MS
  const from = Math.min(routed, state.routed, isRemembered ? split.from : routed)
  const to = Math.max(routed, state.routed, isRemembered ? split.to : routed)
  return { ...state, routed, split: { from, to, at: now } }
}
