import type { EpochMs } from '../kernel/time'
import type { DeploymentConfig } from './deployment-config'

/** How many shards a deployment may have (architecture 4.1). */
export const SHARD_COUNTS = [1, 4, 16, 64] as const

/** Keys are looked for where they used to live for this long after the number of shards changed; afterwards they are forgotten anyway. */
export const SPLIT_REMEMBERED_MS = 8 * 24 * 3_600_000

/** FNV-1a (32 bit) with a final mix, so that its low bits may choose a shard. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193)
  value ^= value >>> 16
  value = Math.imul(value, 0x85ebca6b)
  return (value ^ (value >>> 13)) >>> 0
}

/** The shard everything with this key lives on. */
export function homeShard(key: string, shards: number): number {
  return hash(key) & (shards - 1)
}

/** Other shards that may have accepted this key while another number of shards was in use. Empty most of the time. */
export function earlierHomes(
  key: string,
  config: Pick<DeploymentConfig, 'shards' | 'split'>,
  now: EpochMs,
): readonly number[] {
  const { shards, split } = config
  if (split === undefined || now >= split.at + SPLIT_REMEMBERED_MS) return []
  const counts = SHARD_COUNTS.filter((count) => count >= split.from && count <= split.to)
  const home = homeShard(key, shards)
  return [...new Set(counts.map((count) => homeShard(key, count)))].filter((no) => no !== home)
}
