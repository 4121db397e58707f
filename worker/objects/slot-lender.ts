/**
 * Owns: what an organization has lent to its shards, so that they never run more at once than it may (I9, decision 0010).
 * Talks to: its disk and those shards, as ports: the same code runs in a Durable Object and in the simulation.
 * What is written down is never less than what a shard believes to have: it is written before a loan is told, and lowered
 * only at the word of the shard that gave back.
 */
import { type Clock, type EpochMs, isWithin } from '#core/kernel/time'
import { lendTo, type LentSlots, settle, sharesOf } from '#core/shard/lending'
import type { LendRequest, Loan } from '#core/shard/wire'
import type { Shards } from '../ports/shards'

/** How long a round of asking shards to give back is enough. */
const RECALL_AGAIN_MS = 1_000
/** A round comes after the answer to the ask that made it necessary: one that overtook it would void the loan. */
const RECALL_AFTER_MS = 100
/** So many shards are asked in one round, those first that were not heard of for longest. */
const RECALLED_MAX = 400
const AT_ONCE = 50

export type SlotLenderPorts = {
  /** Slots of the organization, beside the one each shard has of its own. */
  readonly limit: number
  readonly store: {
    all(): readonly LentSlots[]
    save(lent: LentSlots): void
    drop(lent: LentSlots): void
  }
  readonly shards: Shards
  readonly clock: Clock
  readonly setTimer: (work: () => void, ms: number) => void
  readonly report: (event: string, facts: Readonly<Record<string, string | number>>) => void
}

export type SlotLender = { lend(request: LendRequest): Loan }

const placeOf = ({ ref, shard }: Pick<LentSlots, 'ref' | 'shard'>) => `${ref}:${shard}`

export function createSlotLender(ports: SlotLenderPorts): SlotLender {
  const { limit, store, clock } = ports
  const lent = new Map(store.all().map((one) => [placeOf(one), one]))
  let recalledAt: EpochMs | null = null

  function remember(place: string, next: LentSlots | null): void {
    const before = lent.get(place)
    lent.delete(place)
    if (next !== null) {
      lent.set(place, next)
      if (!isSame(before, next)) store.save(next)
    } else if (before !== undefined) store.drop(before)
  }

  function recallSoon(organizationId: string): void {
    const now = clock()
    if (recalledAt !== null && isWithin(recalledAt, RECALL_AGAIN_MS, now)) return
    recalledAt = now
    ports.setTimer(() => void recall(organizationId), RECALL_AFTER_MS)
  }

  /** Asks shards for what they do not need, and for what is more than their share. Never rejects. */
  async function recall(organizationId: string): Promise<void> {
    const shares = sharesOf(
      limit,
      [...lent.values()].map(({ need }) => need),
    )
    const places = [...lent.keys()].slice(0, RECALLED_MAX)
    for (let at = 0; at < places.length; at += AT_ONCE) {
      await Promise.all(places.slice(at, at + AT_ONCE).map((place) => recallFrom(place, { organizationId, ...shares })))
    }
  }

  async function recallFrom(
    place: string,
    wish: { readonly organizationId: string; readonly most: number; readonly ahead: number },
  ): Promise<void> {
    const asked = lent.get(place)
    if (asked === undefined) return
    try {
      const answer = await ports.shards(asked.ref, asked.shard).giveBack({ ...wish, no: asked.no })
      const known = lent.get(place)
      if (known !== undefined) remember(place, settle(known, answer))
    } catch (error) {
      ports.report('slots_not_given_back', { ref: asked.ref, shard: asked.shard, error: String(error) })
    }
  }

  return {
    lend(request) {
      const { written, told } = lendTo(limit, [...lent.values()], request)
      remember(placeOf(written), written)
      if (told.slots < request.need) recallSoon(request.organizationId)
      return told
    },
  }
}

function isSame(before: LentSlots | undefined, next: LentSlots): boolean {
  return before?.slots === next.slots && before.no === next.no && before.need === next.need
}
