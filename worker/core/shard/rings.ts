import type { EpochMs } from '../kernel/time'
import { RING_AGAIN_MS, type Live, type ShardMemory } from './memory'
import { mayStart, queueFirst, queueUp } from './slots'

/** What one claim hands out at most: executions that touch the network, or executions that do not. */
export const CLAIM_NETWORK_MAX = 5
export const CLAIM_PURE_MAX = 50
const DOORBELLS_MAX = 100
const RING_WAIT_MS_MAX = 5 * 60_000

/** How many doorbells to send now: enough for what is ready and allowed to run, less those already on their way. */
export function doorbellsToSend(memory: ShardMemory): number {
  const { meta, resumed, releases } = memory
  if (meta === null) return 0
  const { keyed, shared } = mayStart(memory)
  const pure = meta.config.active !== null && releases.get(meta.config.active)?.pure === true
  const wanted = Math.ceil((keyed + shared + resumed.size) / (pure ? CLAIM_PURE_MAX : CLAIM_NETWORK_MAX))
  const ring = Math.max(0, Math.min(wanted, DOORBELLS_MAX) - memory.rung)
  memory.rung += ring
  return ring
}

/** Queues a row for the next claim. A shard that was idle starts its patience anew. */
export function makeReady(memory: ShardMemory, entry: Live, now: EpochMs): void {
  wakeUp(memory, now)
  if (entry.claimed) memory.resumed.add(entry.seq)
  else queueUp(memory, entry)
}

/** Queues rows that were taken for claimed after a restart and never were, before all others. */
export function makeReadyFirst(memory: ShardMemory, entries: readonly Live[], now: EpochMs): void {
  if (entries.length === 0) return
  wakeUp(memory, now)
  queueFirst(memory, entries)
}

function wakeUp(memory: ShardMemory, now: EpochMs): void {
  if (hasReady(memory)) return
  memory.lastClaimAt = now
  memory.ringWaitMs = RING_AGAIN_MS
}

/** Whether anything waits for a runner and may be served. */
export function hasReady({ ready, opened, resumed }: ShardMemory): boolean {
  return ready.size > 0 || opened.size > 0 || resumed.size > 0
}

/** A doorbell was answered. */
export function claimArrived(memory: ShardMemory, now: EpochMs): void {
  memory.rung = Math.max(0, memory.rung - 1)
  memory.lastClaimAt = now
  memory.ringWaitMs = RING_AGAIN_MS
}

/** The runner comes back by itself in a moment, which is as good as a doorbell on its way. */
export function runnerStays(memory: ShardMemory): void {
  memory.rung += 1
}

/** When to ring again if nobody comes; null when nothing is ready. */
export function ringDueAt(memory: ShardMemory): EpochMs | null {
  return hasReady(memory) ? memory.lastClaimAt + memory.ringWaitMs : null
}

/** Nobody came: forgets the doorbells on their way, waits twice as long next time. */
export function ringAgain(memory: ShardMemory, now: EpochMs): number {
  memory.rung = 0
  memory.lastClaimAt = now
  memory.ringWaitMs = Math.min(memory.ringWaitMs * 2, RING_WAIT_MS_MAX)
  return doorbellsToSend(memory)
}
