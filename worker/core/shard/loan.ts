import type { Shard, ShardMemory } from './memory'
import { freeKeyed, freeShared, OWN_SLOTS } from './slots'
import type { Loan, ReturnRequest, ReturnedSlots } from './wire'

// What a shard runs at once beside its own slots is lent by its organization, so that all shards of all its deployments
// together stay within one limit. A loan is numbered: whoever hears of two keeps the later one, however late the other came.

/** Slots are asked for in these, so that a growing load asks seldom. */
const STEP = 50
/** Asked for before the last one is taken. */
const AHEAD = 10

function startable(memory: ShardMemory): number {
  return Math.min(memory.ready.size, freeShared(memory)) + Math.min(memory.opened.size, freeKeyed(memory))
}

/** How many slots beside its own the shard uses now or would use at once. */
export function neededSlots(memory: ShardMemory): number {
  return Math.max(0, memory.slots + startable(memory) - OWN_SLOTS)
}

/** How many slots the shard should have on loan: what it needs and some to go on with, within its own limits. */
export function wishedSlots(memory: ShardMemory): number {
  const needed = neededSlots(memory)
  if (needed === 0) return 0
  const keyed = memory.keyedSlots + Math.min(memory.opened.size, freeKeyed(memory))
  const most = (memory.meta?.config.quota ?? 0) + keyed - OWN_SLOTS
  return Math.max(0, Math.min(most, Math.ceil((needed + AHEAD) / STEP) * STEP))
}

/** Whether the shard should ask for more. */
export function isShort(memory: ShardMemory): boolean {
  return memory.meta !== null && wishedSlots(memory) > memory.meta.loan.slots
}

/** Whether executions stand still now for want of lent slots and nothing else. */
export function isHeldUp(memory: ShardMemory): boolean {
  return memory.meta !== null && neededSlots(memory) > memory.meta.loan.slots
}

/** What was lent, from now on; an older loan than the known one changes nothing. */
export function takeLoan({ memory, store }: Shard, loan: Loan): void {
  if (memory.meta === null || loan.no <= memory.meta.loan.no) return
  memory.meta = { ...memory.meta, loan }
  store.saveLoan(loan)
}

/**
 * Gives back what is not needed and what is beyond `most`. What runs goes on and holds its slots until it ends: those are
 * still held, and nothing starts in their stead. Null from a shard that has nothing of this organization.
 */
export function giveBack({ memory, store }: Shard, { organizationId, most }: ReturnRequest): ReturnedSlots | null {
  const { meta } = memory
  if (meta === null || meta.config.organizationId !== organizationId) return null
  const need = neededSlots(memory)
  const loan = { ...meta.loan, slots: Math.min(meta.loan.slots, need, most) }
  if (loan.slots < meta.loan.slots) {
    memory.meta = { ...meta, loan }
    store.saveLoan(loan)
  }
  return { slots: Math.max(loan.slots, memory.slots - OWN_SLOTS), no: loan.no, need }
}
