import type { Shard, ShardMemory } from './memory'
import { freeKeyed, freeShared, OWN_SLOTS } from './slots'
import type { Loan, ReturnRequest, ReturnedSlots } from './wire'

// What a shard runs at once beside its own slot is lent by its organization, so that all shards of all its deployments
// together stay within one limit. A loan is numbered: whoever hears of two keeps the later one, however late the other came.

/** Slots are asked for in these, so that a growing load asks seldom. */
const STEP = 50
/** Asked for before the last one is taken. */
const AHEAD = 10

/** How many slots beside its own the shard uses now or would use at once; never more than its own limits let it use. */
export function neededSlots(memory: ShardMemory): number {
  const { shared, keyed } = startable(memory)
  return Math.max(0, Math.min(memory.slots + shared + keyed - OWN_SLOTS, mostSlots(memory)))
}

/** How many slots the shard should have on loan: what it needs, and some to go on with. */
export function wishedSlots(memory: ShardMemory): number {
  const needed = neededSlots(memory)
  return needed === 0 ? 0 : Math.min(mostSlots(memory), Math.ceil((needed + AHEAD) / STEP) * STEP)
}

function startable(memory: ShardMemory): { shared: number; keyed: number } {
  return {
    shared: Math.min(memory.ready.size, freeShared(memory)),
    keyed: Math.min(memory.opened.size, freeKeyed(memory)),
  }
}

function mostSlots(memory: ShardMemory): number {
  return (memory.meta?.config.quota ?? 0) + memory.keyedSlots + startable(memory).keyed - OWN_SLOTS
}

/** Whether the shard should ask for more. */
export function isShort(memory: ShardMemory): boolean {
  return wishedSlots(memory) > (memory.meta?.loan.slots ?? 0)
}

/** Whether some executions wait for slots on loan and for nothing else. */
export function isHeldUp(memory: ShardMemory): boolean {
  return neededSlots(memory) > (memory.meta?.loan.slots ?? 0)
}

/** What was lent, from now on; a loan that is not newer than the known one changes nothing. */
export function takeLoan({ memory, store }: Shard, loan: Loan): void {
  if (memory.meta === null || loan.no <= memory.meta.loan.no) return
  memory.meta = { ...memory.meta, loan }
  store.saveLoan(loan)
}

/**
 * Gives back what is beyond `most` and beyond what it needs with `ahead` to go on with, and takes no loan any more that the
 * asker knew of. What runs goes on and holds its slots until it ends: those are still held, and nothing starts in their
 * stead. Null from a shard that has nothing of this organization.
 */
export function giveBack({ memory, store }: Shard, request: ReturnRequest): ReturnedSlots | null {
  const { meta } = memory
  if (meta === null || meta.config.organizationId !== request.organizationId) return null
  const need = neededSlots(memory)
  const kept = need === 0 ? 0 : Math.min(meta.loan.slots, request.most, need + request.ahead)
  const loan = { slots: kept, no: Math.max(meta.loan.no, request.no) }
  if (loan.slots !== meta.loan.slots || loan.no !== meta.loan.no) {
    memory.meta = { ...meta, loan }
    store.saveLoan(loan)
  }
  return { slots: Math.max(kept, memory.slots - OWN_SLOTS), no: loan.no, need }
}
