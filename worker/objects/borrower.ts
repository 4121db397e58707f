import { type Clock, type EpochMs, isWithin } from '#core/kernel/time'
import { isHeldUp, isShort, neededSlots, takeLoan, wishedSlots } from '#core/shard/loan'
import type { Shard } from '#core/shard/memory'
import type { OrganizationSlotsOf } from '../ports/organization-slots'

/** How long a shard that got less than it wished, or no answer, waits before it asks again. */
const ASK_AGAIN_MS = 1_000
/** The same while all that may run does, and only what it has to go on with is less than it wished. */
const ASK_AT_LEISURE_MS = 10_000
/** How long after an ask claims wait for its answer at most. */
const WAIT_MS_MAX = 1_000
/** A call that is not answered by then is taken for lost; an answer that comes later still counts. */
const LOST_AFTER_MS = 10_000

export type Borrower = {
  /** Asks in the background for slots once there are too few. Cheap; called after every change. */
  schedule(): void
  /** Waits a moment for slots that executions stand still for; null when none do, or when it is too early to ask again. */
  wait(): Promise<void> | null
}

export type BorrowerPorts = {
  readonly slotsOf: OrganizationSlotsOf
  readonly clock: Clock
  readonly setTimer: (work: () => void, ms: number) => void
  readonly background: (work: Promise<unknown>) => void
  /** Takes a loan up, as a step of the shard. */
  readonly step: (work: () => void) => void
  /** Rings for those that may start now. */
  readonly ring: () => void
  readonly report: (event: string, facts: Readonly<Record<string, string | number>>) => void
}

/** Asks the organization for slots, one call at a time, and once in each life in any case: the limit may be another one. */
export function createBorrower(shard: Shard, ports: BorrowerPorts): Borrower {
  const { clock } = ports
  let underway: { readonly call: Promise<void>; readonly since: EpochMs } | null = null
  /** When it last got less than it wished. */
  let refusedAt: EpochMs | null = null
  let hasAsked = false

  async function ask(): Promise<void> {
    let isRefused = true
    try {
      isRefused = await borrow()
    } catch (error) {
      const { ref = '' } = shard.memory.meta?.config ?? {}
      ports.report('slots_not_lent', { ref, error: String(error) })
    }
    underway = null
    refusedAt = isRefused ? clock() : null
    if (isRefused) ports.setTimer(schedule, ASK_AGAIN_MS)
    else schedule()
    ports.ring()
  }

  /** True when less was lent than wished. */
  async function borrow(): Promise<boolean> {
    const { meta } = shard.memory
    if (meta === null) return false
    const { organizationId, ref } = meta.config
    const [need, wish] = [neededSlots(shard.memory), wishedSlots(shard.memory)]
    const request = { organizationId, ref, shard: meta.no, need, wish, no: meta.loan.no }
    const loan = await ports.slotsOf(organizationId).lend(request)
    // One that was emptied meanwhile knows no loan any more, and has none.
    if (loan === null || (shard.memory.meta?.loan.no ?? -1) < request.no) return true
    ports.step(() => takeLoan(shard, loan))
    return loan.slots < wish
  }

  function start(): Promise<void> | null {
    if (underway !== null && isWithin(underway.since, LOST_AFTER_MS, clock())) return underway.call
    const restMs = isHeldUp(shard.memory) ? ASK_AGAIN_MS : ASK_AT_LEISURE_MS
    if (refusedAt !== null && isWithin(refusedAt, restMs, clock())) return null
    hasAsked = true
    const call = Promise.resolve().then(ask)
    underway = { call, since: clock() }
    ports.background(call)
    return call
  }

  function schedule(): void {
    const { memory } = shard
    if (isShort(memory) || (!hasAsked && neededSlots(memory) > 0)) void start()
  }

  function wait(): Promise<void> | null {
    const call = isHeldUp(shard.memory) ? start() : null
    const since = underway?.since ?? 0
    if (call === null || !isWithin(since, WAIT_MS_MAX, clock())) return null
    const leftMs = since + WAIT_MS_MAX - clock()
    return Promise.race([call, new Promise<void>((resolve) => ports.setTimer(resolve, leftMs))])
  }

  return { schedule, wait }
}
