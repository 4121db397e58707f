import type { Shard } from './memory'
import type { DeploymentConfig } from '../model/deployment-config'
import type { ReleaseParts } from './wire'

/** Takes over a newer config and stores releases in any case. Older configs change nothing (4.4 rule 2). */
export function configure(
  shard: Shard,
  push: { config: DeploymentConfig; releases: readonly ReleaseParts[]; no: number },
): { epoch: number; running: number } {
  const { memory, store } = shard
  store.transaction(() => {
    for (const release of push.releases) {
      store.putRelease(release)
      memory.releases.set(release.pin, release.summary)
    }
    if (memory.meta === null) {
      memory.meta = { no: push.no, config: push.config, finishNo: 0, flushedThrough: 0 }
      store.saveMeta(memory.meta)
    } else if (push.config.epoch > memory.meta.config.epoch) {
      memory.meta = { ...memory.meta, config: push.config }
      store.saveMeta(memory.meta)
      dropUnused(shard)
    }
  })
  return { epoch: memory.meta?.config.epoch ?? 0, running: memory.slots }
}

function dropUnused(shard: Shard): void {
  const named = new Set(shard.memory.meta?.config.releases.map((release) => release.pin))
  for (const pin of shard.store.releasePins()) {
    if (named.has(pin)) continue
    if (shard.store.dropRelease(pin)) shard.memory.releases.delete(pin)
  }
}
