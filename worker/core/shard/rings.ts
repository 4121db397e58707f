import type { EpochMs } from '../kernel/time'
import { RING_AGAIN_MS, type ShardMemory } from './memory'

const CLAIM_NETWORK_MAX = 5
const DOORBELLS_MAX = 100
const RING_WAIT_MS_MAX = 5 * 60_000

/** How many doorbells to send now: enough for what is ready and allowed to run, less those already on their way. */
export function doorbellsToSend(memory: ShardMemory): number {
  const quota = memory.meta?.config.quota ?? 0
  const wanted = Math.min(
    Math.ceil(memory.ready.size / CLAIM_NETWORK_MAX),
    Math.max(0, quota - memory.slots),
    DOORBELLS_MAX,
  )
  // Recovered rows hold their slot while they are ready, so a full shard may still need one.
  const needed = wanted === 0 && hasReadyHolder(memory) ? 1 : wanted
  const ring = Math.max(0, needed - memory.rung)
  memory.rung += ring
  return ring
}

function hasReadyHolder(memory: ShardMemory): boolean {
  for (const seq of memory.ready) if (memory.live.get(seq)?.claimed === true) return true
  return false
}

/** Queues a row for the next claim. A shard that was idle starts its patience anew. */
export function makeReady(memory: ShardMemory, seq: number, now: EpochMs): void {
  if (memory.ready.size === 0) {
    memory.lastClaimAt = now
    memory.ringWaitMs = RING_AGAIN_MS
  }
  memory.ready.add(seq)
}

/** A doorbell was answered. */
export function claimArrived(memory: ShardMemory, now: EpochMs): void {
  memory.rung = Math.max(0, memory.rung - 1)
  memory.lastClaimAt = now
  memory.ringWaitMs = RING_AGAIN_MS
}

/** When to ring again if nobody comes; null when nothing is ready. */
export function ringDueAt(memory: ShardMemory): EpochMs | null {
  return memory.ready.size === 0 ? null : memory.lastClaimAt + memory.ringWaitMs
}

/** Nobody came: forgets the doorbells on their way, waits twice as long next time. */
export function ringAgain(memory: ShardMemory, now: EpochMs): number {
  memory.rung = 0
  memory.lastClaimAt = now
  memory.ringWaitMs = Math.min(memory.ringWaitMs * 2, RING_WAIT_MS_MAX)
  return doorbellsToSend(memory)
}
