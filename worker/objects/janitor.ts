import type { EpochMs } from '#core/kernel/time'
import { LIMITS } from '#core/model/limits'
import { parseExecutionId } from '#core/model/execution-id'
import { blockKey } from '#core/shard/archive'
import { blockOf, countArchived } from '#core/shard/blocks'
import { cancel } from '#core/shard/interrupt'
import type { Shard } from '#core/shard/memory'
import type { ArchiveCleaner } from '../ports/archive-cleaner'
import type { ExecutionIndex } from '../ports/execution-index'
import type { IndexCleaner } from '../ports/index-cleaner'
import type { EraseAnswer, PurgeAnswer } from '../ports/shards'
import type { BlockTable } from './block-table'
import { reindex } from './reindex'

const DAY_MS = 24 * 3_600_000
/** So many blocks are removed in one look, so that it ends soon. */
const BLOCKS_PER_LOOK_MAX = 10
const ARCHIVES = ['t', 'o'] as const

export type JanitorPorts = {
  readonly archive: ArchiveCleaner
  readonly index: IndexCleaner & ExecutionIndex
  readonly blocks: BlockTable
  /** Brings everything that ended to the index and the archive, as far as that is due. */
  readonly flush: () => Promise<void>
  readonly report: (event: string, facts: Readonly<Record<string, string | number>>) => void
}

/**
 * Removes what a shard's executions left behind: index rows first, then large outputs, then traces, then the shard's own row.
 * Every step may be done twice, so that one interrupted half-way is simply begun again.
 */
export type Janitor = {
  /** Removes blocks older than the deployment keeps them. One look at a time. */
  expire(now: EpochMs): Promise<void>
  /** Removes one ended execution. */
  erase(id: string): Promise<EraseAnswer>
  /** Tells the index again what it lost, while nothing is removed. Answers the block to go on with, or null. */
  reindex(wish: { readonly sinceAt: EpochMs; readonly from: number }): Promise<number | null>
  /** Removes everything outside the shard, as much as one call may. */
  purge(mayCancel: boolean, now: EpochMs): Promise<PurgeAnswer>
}

export function createJanitor(shard: Shard, ports: JanitorPorts): Janitor {
  let turn: Promise<unknown> = Promise.resolve()
  /** Two that rewrite the same block would undo each other. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = turn.then(work)
    turn = result.catch(() => undefined)
    return result
  }
  return {
    expire: (now) => inTurn(() => expire(shard, ports, now)),
    erase: (id) => inTurn(() => erase(shard, ports, id)),
    reindex: (wish) => inTurn(() => reindex(shard, ports, wish)),
    purge: (mayCancel, now) => inTurn(() => purge(shard, ports, mayCancel, now)),
  }
}

/** Where a shard's objects of one kind lie. */
function placeOf({ memory }: Shard, kind: (typeof ARCHIVES)[number]): string {
  const { config, no } = memory.meta ?? { config: null, no: 0 }
  return `${kind}/standard/${config?.organizationId}/${config?.ref}/${no}/`
}

async function expire(shard: Shard, ports: JanitorPorts, now: EpochMs): Promise<void> {
  const { meta, releases } = shard.memory
  if (meta === null) return
  const { active, organizationId, ref } = meta.config
  const days = (active === null ? undefined : releases.get(active)?.retentionDays) ?? LIMITS.retentionDaysDefault
  const blocks = ports.blocks.writtenBefore(now - days * DAY_MS, BLOCKS_PER_LOOK_MAX)
  let executions = 0
  for (const block of blocks) {
    const key = blockKey(shard, block)
    const { ids, storing, keys } = await ports.archive.look(key, placeOf(shard, 'o'))
    await ports.index.remove(organizationId, ids)
    for (const seq of storing) await ports.archive.clear(`${placeOf(shard, 'o')}${seq}/`)
    await ports.archive.remove(keys.toReversed())
    ports.blocks.forget(block)
    executions += ids.length
  }
  if (blocks.length > 0) {
    ports.report('expired', { organizationId, ref, shard: meta.no, blocks: blocks.length, executions })
  }
}

async function erase(shard: Shard, ports: JanitorPorts, id: string): Promise<EraseAnswer> {
  const { memory, store } = shard
  const seq = parseExecutionId(id)?.seq ?? memory.nextSeq
  if (memory.meta === null || seq >= memory.nextSeq) return 'unknown'
  if (memory.live.has(seq)) return 'live'
  if (memory.unflushed.has(seq)) await ports.flush()
  if (memory.unflushed.has(seq)) return 'busy'
  await ports.index.remove(memory.meta.config.organizationId, [id])
  await ports.archive.clear(`${placeOf(shard, 'o')}${seq}/`)
  // No block is being written when this returns, and none is begun before the row is gone.
  await ports.flush()
  if (store.row(seq) !== null) {
    store.transaction(() => store.deleteRows([seq]))
    countArchived(memory.blocks, blockOf(seq), 1)
  }
  await ports.archive.takeOut(blockKey(shard, blockOf(seq)), seq)
  return 'erased'
}

async function purge(shard: Shard, ports: JanitorPorts, mayCancel: boolean, now: EpochMs): Promise<PurgeAnswer> {
  const { memory } = shard
  const { meta, live, unflushed } = memory
  if (meta === null) return 'nothing'
  if (mayCancel) {
    for (const seq of Array.from(live.keys()))
      cancel(shard, { seq, reason: 'The workflow was deleted', actor: null }, now)
  }
  if (live.size > 0) return 'live'
  if (unflushed.size > 0) await ports.flush()
  if (unflushed.size > 0 || memory.postDueAt !== null) return 'more'
  const { organizationId, workflowId, deploymentId } = meta.config
  if (!(await ports.index.clear({ organizationId, workflowId, deploymentId, shard: meta.no }))) return 'more'
  for (const kind of ARCHIVES) {
    if (!(await ports.archive.clear(placeOf(shard, kind)))) return 'more'
  }
  // Something may have ended while we were away.
  return live.size > 0 || unflushed.size > 0 ? 'more' : 'nothing'
}
