import type { EpochMs } from '../kernel/time'
import type { Live, ShardMemory } from './memory'

// Who may start. Executions without a concurrency key share the shard's quota; those with one share the limit of their
// workflow with the others of that key, which all live on one shard. A place is held until the end, waits included (I9).

/** Executions of one concurrency key. */
export type KeyGroup = {
  /** Places that are taken: by those that run or wait, and by those in `opened`. */
  taken: number
  /** First in, first out. */
  readonly waiting: Set<number>
}

/** What one shard may run at once of executions whose keys have limits of their own. */
const KEYED_SLOTS_MAX = 1_000
/** Slots a shard has of its own, beside those its organization lends it: something always runs. */
export const OWN_SLOTS = 1

function groupOf(memory: ShardMemory, key: string): KeyGroup {
  const known = memory.groups.get(key)
  if (known !== undefined) return known
  const group: KeyGroup = { taken: 0, waiting: new Set() }
  memory.groups.set(key, group)
  return group
}

/** Queues an execution that was never claimed. */
export function queueUp(memory: ShardMemory, entry: Live): void {
  if (entry.key === null || entry.keyLimit === null) {
    memory.ready.add(entry.seq)
    return
  }
  const group = groupOf(memory, entry.key)
  group.waiting.add(entry.seq)
  open(memory, group)
}

/** Gives the places of a key that are free to those who waited longest. */
function open(memory: ShardMemory, group: KeyGroup): void {
  for (const seq of group.waiting) {
    const entry = memory.live.get(seq)
    if (entry !== undefined && group.taken >= (entry.keyLimit ?? Infinity)) return
    group.waiting.delete(seq)
    if (entry === undefined) continue
    group.taken += 1
    memory.opened.add(seq)
  }
}

/** Slots of executions that share the quota. */
function sharedSlots({ slots, keyedSlots }: ShardMemory): number {
  return slots - keyedSlots
}

/** How many slots of the organization nobody holds here: its own and those on loan (loan.ts). */
function freeSlots({ meta, slots }: ShardMemory): number {
  return Math.max(0, OWN_SLOTS + (meta?.loan.slots ?? 0) - slots)
}

/** How many may start now; those whose keys have a place for them come first. */
export function mayStart(memory: ShardMemory): { keyed: number; shared: number } {
  const free = freeSlots(memory)
  const keyed = Math.min(memory.opened.size, freeKeyed(memory), free)
  return { keyed, shared: Math.min(memory.ready.size, freeShared(memory), free - keyed) }
}

/** How many of those that share the quota have room in it. */
export function freeShared(memory: ShardMemory): number {
  return Math.max(0, (memory.meta?.config.quota ?? 0) - sharedSlots(memory))
}

/** How many of those whose keys have a place for them the shard has room for. */
export function freeKeyed({ keyedSlots }: ShardMemory): number {
  return Math.max(0, KEYED_SLOTS_MAX - keyedSlots)
}

/** Whether an execution that has just been queued up may start at once: whoever is in the queue comes first. */
export function mayStartAtOnce(memory: ShardMemory, entry: Live): boolean {
  const { keyed, shared } = mayStart(memory)
  if (memory.opened.has(entry.seq)) return keyed >= memory.opened.size
  return memory.ready.has(entry.seq) && shared >= memory.ready.size
}

/** Whether one more that shares the quota could begin and end now: nobody of them waits, and there is room. */
export function isRoomAtOnce(memory: ShardMemory): boolean {
  const keyed = Math.min(memory.opened.size, freeKeyed(memory))
  return memory.ready.size === 0 && freeShared(memory) > 0 && freeSlots(memory) > keyed
}

/** The first claim: from now on it holds a slot. */
export function takeSlot(memory: ShardMemory, entry: Live): void {
  memory.ready.delete(entry.seq)
  memory.opened.delete(entry.seq)
  entry.claimed = true
  memory.slots += 1
  if (entry.keyLimit !== null) memory.keyedSlots += 1
}

/** After a restart every live row is taken for claimed until the contrary shows. */
export function recallSlot(memory: ShardMemory, entry: Live): void {
  takeSlot(memory, entry)
  if (entry.key !== null && entry.keyLimit !== null) groupOf(memory, entry.key).taken += 1
}

/**
 * They never began: the places they were counted with after a restart are free, and they come before whoever was accepted
 * later. One of them may have begun and left no trace before its runner died, and nobody else may have its place (I9).
 */
export function queueFirst(memory: ShardMemory, entries: readonly Live[]): void {
  const shared: Live[] = []
  const byKey = new Map<string, Live[]>()
  for (const entry of entries) {
    entry.claimed = false
    memory.slots -= 1
    if (entry.key === null || entry.keyLimit === null) shared.push(entry)
    else byKey.set(entry.key, [...(byKey.get(entry.key) ?? []), entry])
  }
  putFirst(memory.ready, shared)
  for (const [key, same] of byKey) {
    const group = groupOf(memory, key)
    memory.keyedSlots -= same.length
    group.taken -= same.length
    putFirst(group.waiting, same)
    open(memory, group)
  }
}

function putFirst(queue: Set<number>, entries: readonly Live[]): void {
  const behind = [...queue]
  queue.clear()
  for (const seq of [...entries.map((entry) => entry.seq), ...behind]) queue.add(seq)
}

/** It has ended: frees what it held, and its place in the queues. */
export function leaveQueues(memory: ShardMemory, entry: Live): void {
  memory.ready.delete(entry.seq)
  memory.resumed.delete(entry.seq)
  if (entry.claimed) return freeSlot(memory, entry)
  const group = entry.key === null ? undefined : memory.groups.get(entry.key)
  if (group === undefined) return
  group.waiting.delete(entry.seq)
  if (memory.opened.delete(entry.seq)) freePlace(memory, entry.key, group)
}

function freeSlot(memory: ShardMemory, entry: Live): void {
  memory.slots -= 1
  if (entry.key === null || entry.keyLimit === null) return
  memory.keyedSlots -= 1
  const group = memory.groups.get(entry.key)
  if (group !== undefined) freePlace(memory, entry.key, group)
}

function freePlace(memory: ShardMemory, key: string | null, group: KeyGroup): void {
  group.taken -= 1
  open(memory, group)
  if (key !== null && group.taken === 0 && group.waiting.size === 0) memory.groups.delete(key)
}

/** Whether it was not worth starting any more before anybody came for it. */
export function isExpired(entry: Live, now: EpochMs): boolean {
  return !entry.claimed && entry.startBy !== null && entry.startBy <= now
}
