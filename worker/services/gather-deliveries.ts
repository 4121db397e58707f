import type { RandomBytes } from '#core/kernel/id'
import type { Clock, EpochMs } from '#core/kernel/time'
import { type Delivery, deliveryId } from '#core/model/delivery'
import type { DeliveryLog } from '../ports/delivery-log'
import type { Deployments } from '../ports/deployments'
import type { ConfigCache } from './config-cache'
import { type HeldCall, type HeldCalls, holdCalls } from './held-calls'
import type { RunnerDeps } from './runner/runner-deps'

/** Calls of a deployment that come within this are written together; of one that was busy, within the longer time. */
const QUIET_MS = 500
const BUSY_MS = 5_000
const BUSY_CALLS = 25
/** The request that was to write may be gone with all it had begun; then the next one does. */
const GONE_MS = 2 * BUSY_MS
const DEPLOYMENTS_MAX = 1_000

export type GatherDeliveriesDeps = {
  readonly configs: Pick<ConfigCache, 'get'>
  readonly deployments: Deployments
  readonly clock: Clock
  readonly sleep: (ms: number) => Promise<void>
  readonly randomBytes: RandomBytes
  readonly background: (work: Promise<unknown>) => void
  readonly report: RunnerDeps['report']
}

/** What waits to be written of one deployment. */
type Waiting = {
  readonly held: HeldCalls
  /** When somebody began to wait before writing it; null = nobody does. */
  begunAt: EpochMs | null
  isBusy: boolean
}

/**
 * Gathers the calls an isolate answers and has each deployment remember its own, some time after the answers have left. However
 * many come, a deployment is told at most once in half a second, once in five under load; of many that are refused for the
 * same reason a few are kept and the others counted.
 */
export function gatherDeliveries(deps: GatherDeliveriesDeps): DeliveryLog {
  const waiting = new Map<string, Waiting>()
  const newHeld = holdCalls()

  async function write(ref: string, own: Waiting): Promise<void> {
    await deps.sleep(own.isBusy ? BUSY_MS : QUIET_MS)
    // What comes from now on waits for another to write it.
    const { calls, seen, dropped } = own.held.take()
    own.begunAt = null
    own.isBusy = seen >= BUSY_CALLS
    if (!own.isBusy) waiting.delete(ref)
    if (dropped > 0) deps.report('deliveries_dropped', { ref, calls: dropped })
    if (calls.length > 0) await tell(deps, ref, calls)
  }

  function openFor(ref: string): Waiting {
    if (waiting.size >= DEPLOYMENTS_MAX) {
      for (const [other, { begunAt }] of waiting) if (begunAt === null) waiting.delete(other)
    }
    const own = { held: newHeld(), begunAt: null, isBusy: false }
    waiting.set(ref, own)
    return own
  }

  return {
    note(ref, call) {
      const own = waiting.get(ref) ?? openFor(ref)
      own.held.add(call)
      const now = deps.clock()
      if (own.begunAt !== null && now < own.begunAt + GONE_MS) return
      own.begunAt = now
      deps.background(write(ref, own))
    },
  }
}

/** Twice at most: what is refused because something is out of order is worth a second try. */
async function tell(deps: GatherDeliveriesDeps, ref: string, calls: readonly HeldCall[]): Promise<void> {
  const deliveries = calls.map((held) => toDelivery(held, deps.randomBytes))
  const once = () => tellOnce(deps, ref, deliveries)
  try {
    await once().catch(() => deps.sleep(BUSY_MS).then(once))
  } catch (error) {
    deps.report('deliveries_unwritten', { ref, calls: calls.length, error: String(error) })
  }
}

async function tellOnce(deps: GatherDeliveriesDeps, ref: string, deliveries: readonly Delivery[]): Promise<void> {
  const config = await deps.configs.get(ref)
  if (config === null) return
  await deps.deployments(ref).addDeliveries({ organizationId: config.organizationId, deliveries })
}

function toDelivery({ call, count, more, lastAt }: HeldCall, randomBytes: RandomBytes): Delivery {
  const { heldBytes: _heldBytes, facts, ...rest } = call
  return { id: deliveryId(call.at, count, randomBytes), ...rest, ...facts(), more, lastAt }
}
