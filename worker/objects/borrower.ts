import { isHeldUp, isShort, neededSlots, takeLoan, wishedSlots } from '#core/shard/loan'
import type { Shard } from '#core/shard/memory'
import type { OrganizationSlotsOf } from '../ports/organization-slots'

/** How long a shard that got less than it wished, or no answer, waits before it asks again. */
const ASK_AGAIN_MS = 1_000
/** How long a claim waits at most. */
const WAIT_MS_MAX = 1_000

export type Borrower = {
  /** Asks in the background for slots once there are too few. Cheap; called after every change. */
  schedule(): void
  /** Waits a moment for slots that executions stand still for; null when none do, or when it is too early to ask again. */
  wait(): Promise<void> | null
}

export type BorrowerPorts = {
  readonly slotsOf: OrganizationSlotsOf
  readonly setTimer: (work: () => void, ms: number) => void
  readonly background: (work: Promise<unknown>) => void
  /** Takes a loan up, as a step of the shard. */
  readonly step: (work: () => void) => void
  /** Rings for those that may start now. */
  readonly ring: () => void
  readonly report: (event: string, facts: Readonly<Record<string, string | number>>) => void
}

/** Asks the organization for slots, one call at a time. */
export function createBorrower(shard: Shard, ports: BorrowerPorts): Borrower {
  let underway: Promise<void> | null = null
  let isResting = false

  async function ask(): Promise<void> {
    const { meta } = shard.memory
    if (meta === null) return
    const { organizationId, ref } = meta.config
    try {
      const { need, wish } = { need: neededSlots(shard.memory), wish: wishedSlots(shard.memory) }
      const request = { organizationId, ref, shard: meta.no, need, wish, no: meta.loan.no }
      const loan = await ports.slotsOf(organizationId).lend(request)
      if (loan !== null) ports.step(() => takeLoan(shard, loan))
    } catch (error) {
      ports.report('slots_not_lent', { ref, shard: meta.no, error: String(error) })
    }
    underway = null
    if (isShort(shard.memory)) rest()
    ports.ring()
  }

  function rest(): void {
    isResting = true
    ports.setTimer(() => {
      isResting = false
      schedule()
    }, ASK_AGAIN_MS)
  }

  function start(): Promise<void> | null {
    if (underway === null && !isResting) underway = ask()
    return underway
  }

  function schedule(): void {
    if (underway !== null || isResting || !isShort(shard.memory)) return
    const asking = start()
    if (asking !== null) ports.background(asking)
  }

  function wait(): Promise<void> | null {
    const asking = isHeldUp(shard.memory) ? start() : null
    return asking && Promise.race([asking, new Promise<void>((resolve) => ports.setTimer(resolve, WAIT_MS_MAX))])
  }

  return { schedule, wait }
}
