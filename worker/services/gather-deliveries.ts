import type { RandomBytes } from '#core/kernel/id'
import type { Clock, EpochMs } from '#core/kernel/time'
import { DELIVERIES_ALIKE_MAX, DELIVERIES_MAX, type Delivery, deliveryId } from '#core/model/delivery'
import type { DeliveryLog, SeenCall } from '../ports/delivery-log'
import type { Deployments } from '../ports/deployments'
import type { ConfigCache } from './config-cache'
import type { RunnerDeps } from './runner/runner-deps'

/** Calls of a deployment that come within this are written together; of one that was busy, within the longer time. */
const QUIET_MS = 500
const BUSY_MS = 5_000
const BUSY_CALLS = 25
/** The request that was to write may be gone with all it had begun; then the next one does. */
const GONE_MS = 2 * BUSY_MS
/** What one isolate keeps in memory for all its deployments; beyond it headers are left out, then calls. */
const HELD_BYTES_MAX = 8 * 1_024 * 1_024
const CALLS_MAX = 20_000
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

type Noted = { readonly call: SeenCall; readonly count: number; more: number; lastAt: EpochMs }

/** What waits to be written of one deployment. */
type Waiting = {
  calls: Noted[]
  /** By kind: how many are kept one by one, and the last of them, which counts the rest. */
  readonly alike: Map<string, { kept: number; readonly last: Noted }>
  /** When somebody began to wait before writing it; null = nobody does. */
  begunAt: EpochMs | null
  isBusy: boolean
  seen: number
  dropped: number
}

/**
 * Gathers the calls an isolate answers and has each deployment remember its own, some time after the answers have left. However
 * many come, a deployment is told at most once in half a second, once in five under load; of many that are refused for the
 * same reason a few are kept and the others counted.
 */
export function gatherDeliveries(deps: GatherDeliveriesDeps): DeliveryLog {
  const waiting = new Map<string, Waiting>()
  const held = { calls: 0, bytes: 0 }
  let count = 0

  function gather(own: Waiting, call: SeenCall): void {
    const kind = kindOf(call)
    const alike = kind === null ? undefined : own.alike.get(kind)
    if (alike !== undefined && alike.kept >= DELIVERIES_ALIKE_MAX) {
      alike.last.more += 1
      alike.last.lastAt = call.at
      return
    }
    if (held.calls >= CALLS_MAX) {
      own.dropped += 1
      return
    }
    const hasRoom = held.bytes + call.heldBytes <= HELD_BYTES_MAX
    const noted: Noted = { call: hasRoom ? call : withoutFacts(call), count: count++, more: 0, lastAt: call.at }
    own.calls.push(noted)
    held.calls += 1
    held.bytes += noted.call.heldBytes
    if (kind !== null) own.alike.set(kind, { kept: (alike?.kept ?? 0) + 1, last: noted })
    if (own.calls.length >= 2 * DELIVERIES_MAX) forgetOldest(own)
  }

  /** The deployment would forget them as soon as it is told. */
  function forgetOldest(own: Waiting): void {
    release(own.calls.slice(0, -DELIVERIES_MAX))
    own.calls = own.calls.slice(-DELIVERIES_MAX)
    own.alike.clear()
  }

  function release(calls: readonly Noted[]): void {
    held.calls -= calls.length
    for (const { call } of calls) held.bytes -= call.heldBytes
  }

  /** Takes everything that waits, so that what comes from now on waits for another to write it. */
  function take(ref: string, own: Waiting) {
    const { calls, dropped } = own
    own.isBusy = own.seen >= BUSY_CALLS
    Object.assign(own, { calls: [], begunAt: null, seen: 0, dropped: 0 })
    own.alike.clear()
    release(calls)
    if (!own.isBusy) waiting.delete(ref)
    return { calls: calls.slice(-DELIVERIES_MAX), dropped }
  }

  async function write(ref: string, own: Waiting): Promise<void> {
    await deps.sleep(own.isBusy ? BUSY_MS : QUIET_MS)
    const { calls, dropped } = take(ref, own)
    if (dropped > 0) deps.report('deliveries_dropped', { ref, calls: dropped })
    if (calls.length === 0) return
    try {
      const config = await deps.configs.get(ref)
      if (config === null) return
      const { organizationId } = config
      const deliveries = calls.map((noted) => toDelivery(noted, deps.randomBytes))
      await deps.deployments(ref).addDeliveries({ organizationId, deliveries })
    } catch (error) {
      deps.report('deliveries_unwritten', { ref, calls: calls.length, error: String(error) })
    }
  }

  function openFor(ref: string): Waiting {
    if (waiting.size >= DEPLOYMENTS_MAX) {
      for (const [other, { begunAt }] of waiting) if (begunAt === null) waiting.delete(other)
    }
    const own = { calls: [], alike: new Map(), begunAt: null, isBusy: false, seen: 0, dropped: 0 }
    waiting.set(ref, own)
    return own
  }

  return {
    note(ref, call) {
      const own = waiting.get(ref) ?? openFor(ref)
      own.seen += 1
      gather(own, call)
      const now = deps.clock()
      if (own.begunAt !== null && now < own.begunAt + GONE_MS) return
      own.begunAt = now
      deps.background(write(ref, own))
    },
  }
}

/** Calls of one kind tell their owner the same. Null: one that started an execution is like no other. */
function kindOf({ reason, slot, duplicate, executionId }: SeenCall): string | null {
  if (reason !== null) return `${reason} ${slot}`
  return duplicate ? `again ${executionId}` : null
}

function withoutFacts(call: SeenCall): SeenCall {
  return { ...call, heldBytes: 0, facts: () => ({ headers: {}, query: [] }) }
}

function toDelivery({ call, count, more, lastAt }: Noted, randomBytes: RandomBytes): Delivery {
  const { heldBytes: _heldBytes, facts, ...rest } = call
  return { id: deliveryId(call.at, count, randomBytes), ...rest, ...facts(), more, lastAt }
}
