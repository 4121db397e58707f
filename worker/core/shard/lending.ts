import type { LendRequest, Loan, ReturnedSlots } from './wire'

/**
 * What an organization has lent to one shard, and how much that shard last needed. `slots` is what the shard may be using:
 * never less than it was told, and more as long as it has not said that it gave the rest back.
 */
export type LentSlots = Loan & { readonly ref: string; readonly shard: number; readonly need: number }

/**
 * How a limit is shared among shards that need so much each. Where there is enough for all: `ahead`, how much each may have
 * beyond its need. Else `most`, what each may have: those that need less than an even share get what they need, the others
 * the same; rounded up, since lendTo keeps the limit.
 */
export function sharesOf(limit: number, needs: readonly number[]): { most: number; ahead: number } {
  let left = limit
  const rising = needs.toSorted((a, b) => a - b)
  for (const [index, need] of rising.entries()) {
    const share = left / (rising.length - index)
    if (need > share) return { most: Math.ceil(Math.max(0, share)), ahead: 0 }
    left -= need
  }
  return { most: limit, ahead: Math.floor(left / Math.max(1, needs.length)) }
}

/**
 * What a shard is told to have on loan after it asked — its share, up to what it wishes and to what nobody else may be using —
 * and what is written down of it.
 */
export function lendTo(
  limit: number,
  known: readonly LentSlots[],
  request: LendRequest,
): { written: LentSlots; told: Loan } {
  const { ref, shard, need, wish } = request
  const isAsker = (one: LentSlots) => one.ref === ref && one.shard === shard
  const before = known.find(isAsker)
  const others = known.filter((one) => !isAsker(one))
  const free = limit - others.reduce((used, { slots }) => used + slots, 0)
  const { most, ahead } = sharesOf(limit, [need, ...others.map((one) => one.need)])
  const share = Math.min(wish, need + ahead, most)
  const slots = Math.max(before?.slots ?? 0, Math.min(share, free))
  const no = Math.max(before?.no ?? 0, request.no) + 1
  return { written: { ref, shard, need, slots, no }, told: { slots: Math.min(slots, share), no } }
}

/** What is known of a shard once it gave back; null when there is nothing more to know. */
export function settle(known: LentSlots, answer: ReturnedSlots | null): LentSlots | null {
  if (answer === null) return null
  // It answered before it heard of a later loan, and may take that up yet.
  if (answer.no < known.no) return { ...known, need: answer.need }
  // After a restart a shard takes all it has for running, and may name more than it was ever lent.
  const slots = Math.min(known.slots, answer.slots)
  return slots === 0 && answer.need === 0 ? null : { ...known, slots, need: answer.need, no: answer.no }
}
