import type { LendRequest, Loan, ReturnedSlots } from './wire'

/** What an organization has lent to one shard, and how much that shard last needed. Never less than the shard believes. */
export type Borrower = Loan & { readonly ref: string; readonly shard: number; readonly need: number }

/**
 * The most that one of several may have when their needs exceed the limit: those that need less than an even share get what
 * they need, the others the same. Infinity when there is enough for all. Rounded up; the limit itself is kept by lendTo.
 */
export function evenShare(limit: number, needs: readonly number[]): number {
  let left = limit
  const rising = needs.toSorted((a, b) => a - b)
  for (const [index, need] of rising.entries()) {
    const share = left / (rising.length - index)
    if (need > share) return Math.ceil(share)
    left -= need
  }
  return Infinity
}

/**
 * What a shard has on loan after it asked: what it needs, up to its even share and to what nobody else holds; and more, as it
 * wishes, of what no other needs. Nothing is taken away.
 */
export function lendTo(limit: number, known: readonly Borrower[], request: LendRequest): Borrower {
  const { ref, shard, need, wish } = request
  const isAsker = (one: Borrower) => one.ref === ref && one.shard === shard
  const before = known.find(isAsker)
  const others = known.filter((one) => !isAsker(one))
  const free = limit - others.reduce((held, { slots }) => held + slots, 0)
  const spare = limit - others.reduce((held, one) => held + Math.max(one.slots, one.need), 0)
  const share = evenShare(limit, [need, ...others.map((one) => one.need)])
  const slots = Math.max(before?.slots ?? 0, Math.min(need, share, free), Math.min(wish, spare))
  return { ref, shard, need, slots, no: Math.max(before?.no ?? 0, request.no) + 1 }
}

/** What is known of a shard once it gave back; null when there is nothing more to know. */
export function settle(known: Borrower, answer: ReturnedSlots | null): Borrower | null {
  if (answer === null) return null
  // It answered before it heard of a later loan, and may take that up yet.
  if (answer.no !== known.no) return { ...known, need: answer.need }
  // After a restart a shard takes all it has for running, and may name more than it was ever lent.
  const slots = Math.min(known.slots, answer.slots)
  return slots === 0 && answer.need === 0 ? null : { ...known, slots, need: answer.need }
}
