import type { EpochMs } from '../kernel/time'
import { endExpired, endOverdue, endPoisoned } from './interrupt'
import type { Live, Shard } from './memory'
import { doorbellsToSend, makeReady, makeReadyFirst, ringAgain, ringDueAt } from './rings'
import { isExpired } from './slots'

const ITEMS_PER_TICK_MAX = 1_000
const POISONED_AFTER = 5

/** Does what has become due (4.5): leases that ran out, parked rows, deadlines, unanswered doorbells. */
export function tick(shard: Shard, now: EpochMs): { ring: number } {
  const { memory, store } = shard
  if (memory.meta === null) return { ring: 0 }
  store.transaction(() => {
    releaseLeases(shard, now)
    wakeParked(shard, now)
    endOverdueRows(shard, now)
  })
  const ringAt = ringDueAt(memory)
  return { ring: ringAt !== null && ringAt <= now ? ringAgain(memory, now) : doorbellsToSend(memory) }
}

function releaseLeases(shard: Shard, now: EpochMs): void {
  const { memory } = shard
  const neverBegan: Live[] = []
  for (const [seq, lease] of memory.leases) {
    if (lease.until > now) continue
    memory.leases.delete(seq)
    const entry = memory.live.get(seq)
    if (entry === undefined) continue
    // After a restart every row was taken for claimed; one that nobody answers for and that has no journal never began (I9).
    const began = !entry.recovered || entry.events > 0
    entry.recovered = false
    if (entry.token - entry.progressToken >= POISONED_AFTER) endPoisoned(shard, entry, now)
    else if (began) makeReady(memory, entry, now)
    else neverBegan.push(entry)
  }
  makeReadyFirst(memory, neverBegan, now)
}

function wakeParked(shard: Shard, now: EpochMs): void {
  for (const seq of shard.store.parkedDue(now, ITEMS_PER_TICK_MAX)) {
    const entry = shard.memory.live.get(seq)
    shard.store.unpark(seq)
    if (entry === undefined) continue
    entry.parkedUntil = null
    makeReady(shard.memory, entry, now)
  }
}

function endOverdueRows(shard: Shard, now: EpochMs): void {
  for (const entry of overdue(shard, now)) {
    if (entry.deadlineAt <= now) endOverdue(shard, entry, now)
    else endExpired(shard, entry, now)
  }
}

function overdue(shard: Shard, now: EpochMs): readonly Live[] {
  const { live, leases } = shard.memory
  return [...live.values()]
    .filter((entry) => (entry.deadlineAt <= now || isExpired(entry, now)) && !leases.has(entry.seq))
    .slice(0, ITEMS_PER_TICK_MAX)
}

/** Whether rows of an earlier life still wait for their holders to come back. */
export function isInGrace({ memory }: Shard): boolean {
  return [...memory.leases.keys()].some((seq) => memory.live.get(seq)?.recovered === true)
}

/** The earliest instant at which tick has something to do; null when nothing waits. */
export function nextDueAt(shard: Shard): EpochMs | null {
  const { memory, store } = shard
  const candidates: EpochMs[] = []
  const ringAt = ringDueAt(memory)
  if (ringAt !== null) candidates.push(ringAt)
  for (const lease of memory.leases.values()) candidates.push(lease.until)
  for (const entry of memory.live.values()) {
    if (memory.leases.has(entry.seq)) continue
    candidates.push(entry.deadlineAt)
    if (!entry.claimed && entry.startBy !== null) candidates.push(entry.startBy)
  }
  if (memory.postDueAt !== null) candidates.push(memory.postDueAt)
  const parkedAt = store.nextParkedDue()
  if (parkedAt !== null) candidates.push(parkedAt)
  return candidates.length === 0 ? null : candidates.reduce((a, b) => Math.min(a, b))
}
