import type { Shard } from './memory'
import type { DeploymentConfig } from '../model/deployment-config'
import { NO_LOAN, type ReleaseParts } from './wire'

/**
 * Takes over a newer config and stores releases in any case. Older configs change nothing (4.4 rule 2). Answers how many
 * executions hold a slot here and how many wait for one.
 */
export function configure(
  shard: Shard,
  push: { config: DeploymentConfig; releases: readonly ReleaseParts[]; no: number },
): { epoch: number; running: number; waiting: number } {
  const { memory, store } = shard
  store.transaction(() => {
    for (const release of push.releases) {
      store.putRelease(release)
      memory.releases.set(release.pin, release.summary)
    }
    if (memory.meta === null) {
      memory.meta = { no: push.no, config: push.config, finishNo: 0, flushedThrough: 0, loan: NO_LOAN }
      store.saveMeta(memory.meta)
    } else if (push.config.epoch > memory.meta.config.epoch) {
      memory.meta = { ...memory.meta, config: push.config }
      store.saveMeta(memory.meta)
      dropUnused(shard)
    } else if (isOtherShare(push.config, memory.meta.config)) {
      memory.meta = { ...memory.meta, config: { ...memory.meta.config, quota: push.config.quota } }
      store.saveMeta(memory.meta)
    }
  })
  return { epoch: memory.meta?.config.epoch ?? 0, running: memory.slots, waiting: memory.ready.size }
}

/** Shares of the limit move between shards without a switch. */
function isOtherShare(pushed: DeploymentConfig, own: DeploymentConfig): boolean {
  return pushed.epoch === own.epoch && pushed.quota !== own.quota
}

function dropUnused(shard: Shard): void {
  const named = new Set(shard.memory.meta?.config.releases.map((release) => release.pin))
  for (const pin of shard.store.releasePins()) {
    if (named.has(pin)) continue
    if (shard.store.dropRelease(pin)) shard.memory.releases.delete(pin)
  }
}
