import type { EpochMs } from '#core/kernel/time'
import { DELIVERIES_ALIKE_MAX, DELIVERIES_MAX } from '#core/model/delivery'
import type { SeenCall } from '../ports/delivery-log'

/** What one isolate keeps in memory for all its deployments; beyond it headers are left out, then calls. */
const HELD_BYTES_MAX = 8 * 1_024 * 1_024
const CALLS_MAX = 20_000

/** A call that waits to be written; `count` orders those of one millisecond. */
export type HeldCall = { readonly call: SeenCall; readonly count: number; more: number; lastAt: EpochMs }

type Calls = {
  list: HeldCall[]
  /** By kind: how many are kept one by one, and the last of them, which counts the rest. */
  alike: Map<string, { readonly kept: number; readonly last: HeldCall }>
  seen: number
  dropped: number
}

export type Taken = { readonly calls: readonly HeldCall[]; readonly seen: number; readonly dropped: number }

/** The calls of one deployment. */
export type HeldCalls = {
  add(call: SeenCall): void
  /** Takes everything out: the latest thousand, how many calls there were, and for how many there was no room. */
  take(): Taken
}

/** Makes room for calls in memory: so many in all, whichever deployments they are of. */
export function holdCalls(): () => HeldCalls {
  const held = { calls: 0, bytes: 0, count: 0 }

  function release(calls: readonly HeldCall[]): void {
    held.calls -= calls.length
    for (const { call } of calls) held.bytes -= call.heldBytes
  }

  function hold(call: SeenCall): HeldCall | null {
    if (held.calls >= CALLS_MAX) return null
    const kept = held.bytes + call.heldBytes <= HELD_BYTES_MAX ? call : withoutFacts(call)
    held.calls += 1
    held.bytes += kept.heldBytes
    return { call: kept, count: held.count++, more: 0, lastAt: call.at }
  }

  function add(own: Calls, call: SeenCall): void {
    own.seen += 1
    const kind = kindOf(call)
    const alike = kind === null ? undefined : own.alike.get(kind)
    if (alike !== undefined && alike.kept >= DELIVERIES_ALIKE_MAX) {
      alike.last.more += 1
      alike.last.lastAt = call.at
      return
    }
    const last = hold(call)
    if (last === null) {
      own.dropped += 1
      return
    }
    own.list.push(last)
    if (kind !== null) own.alike.set(kind, { kept: (alike?.kept ?? 0) + 1, last })
    if (own.list.length < 2 * DELIVERIES_MAX) return
    // Their deployment would forget the older half as soon as it is told.
    release(own.list.splice(0, own.list.length - DELIVERIES_MAX))
    own.alike.clear()
  }

  return () => {
    let own = noCalls()
    return {
      add: (call) => add(own, call),
      take() {
        const { list, seen, dropped } = own
        own = noCalls()
        release(list)
        return { calls: list.slice(-DELIVERIES_MAX), seen, dropped }
      },
    }
  }
}

function noCalls(): Calls {
  return { list: [], alike: new Map(), seen: 0, dropped: 0 }
}

/** Calls of one kind tell their owner the same. Null: one that started an execution is like no other. */
function kindOf({ reason, slot, duplicate, executionId }: SeenCall): string | null {
  if (reason !== null) return `${reason} ${slot}`
  return duplicate ? `again ${executionId}` : null
}

function withoutFacts(call: SeenCall): SeenCall {
  return { ...call, heldBytes: 0, facts: () => ({ headers: {}, query: [] }) }
}
