/**
 * Owns: what an organization has lent to its shards, so that they never run more at once than it may (I9, decision 0010).
 * Talks to: its disk and those shards, as ports: the same code runs in a Durable Object and in the simulation.
 * What is written down is never less than what a shard believes to have: it is written before a loan is told, and lowered
 * only at the word of the shard that gave back.
 */
import { type Borrower, evenShare, lendTo, settle } from '#core/shard/lending'
import type { LendRequest, Loan } from '#core/shard/wire'
import type { Shards } from '../ports/shards'

/** How long a round of asking shards to give back is enough. */
const RECALL_AGAIN_MS = 1_000
/** So many shards are asked in one round, those first that were not heard of for longest. */
const RECALLED_MAX = 400
const AT_ONCE = 50

export type SlotLenderPorts = {
  /** Slots of the organization, beside those each shard has of its own. */
  readonly limit: number
  readonly store: {
    borrowers(): readonly Borrower[]
    save(borrower: Borrower): void
    drop(borrower: Borrower): void
  }
  readonly shards: Shards
  readonly setTimer: (work: () => void, ms: number) => void
  readonly background: (work: Promise<unknown>) => void
  readonly report: (event: string, facts: Readonly<Record<string, string | number>>) => void
}

export type SlotLender = { lend(request: LendRequest): Loan }

const placeOf = ({ ref, shard }: Pick<Borrower, 'ref' | 'shard'>) => `${ref}:${shard}`

export function createSlotLender(ports: SlotLenderPorts): SlotLender {
  const { limit, store } = ports
  const borrowers = new Map(store.borrowers().map((one) => [placeOf(one), one]))
  let isResting = false

  function remember(place: string, next: Borrower | null): void {
    const before = borrowers.get(place)
    borrowers.delete(place)
    if (next !== null) {
      borrowers.set(place, next)
      if (!isSame(before, next)) store.save(next)
    } else if (before !== undefined) store.drop(before)
  }

  /** Asks shards for what they do not need, and for what is more than their share. */
  async function recall(organizationId: string): Promise<void> {
    if (isResting) return
    isResting = true
    const most = Math.min(
      limit,
      evenShare(
        limit,
        [...borrowers.values()].map(({ need }) => need),
      ),
    )
    const places = [...borrowers.keys()].slice(0, RECALLED_MAX)
    for (let at = 0; at < places.length; at += AT_ONCE) {
      await Promise.all(places.slice(at, at + AT_ONCE).map((place) => recallFrom(place, { organizationId, most })))
    }
    ports.setTimer(() => void (isResting = false), RECALL_AGAIN_MS)
  }

  async function recallFrom(place: string, request: { organizationId: string; most: number }): Promise<void> {
    const asked = borrowers.get(place)
    if (asked === undefined) return
    try {
      const answer = await ports.shards(asked.ref, asked.shard).giveBack(request)
      const known = borrowers.get(place)
      if (known !== undefined) remember(place, settle(known, answer))
    } catch (error) {
      ports.report('slots_not_given_back', { ref: asked.ref, shard: asked.shard, error: String(error) })
    }
  }

  return {
    lend(request) {
      const next = lendTo(limit, [...borrowers.values()], request)
      remember(placeOf(next), next)
      if (next.slots < next.need) ports.background(recall(request.organizationId))
      return { slots: next.slots, no: next.no }
    },
  }
}

function isSame(before: Borrower | undefined, next: Borrower): boolean {
  return before?.slots === next.slots && before.no === next.no && before.need === next.need
}
