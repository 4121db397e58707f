import { invariant } from '../kernel/assert'
import type { EpochMs } from '../kernel/time'
import { journalChars } from './journal-room'
import { holdLease, LEASE_MS } from './lease'
import type { Live, Shard, ShardMemory } from './memory'
import { isExpired, mayStart, takeSlot } from './slots'
import { CLAIM_NETWORK_MAX, CLAIM_PURE_MAX, claimArrived, doorbellsToSend, runnerStays } from './rings'
import { executionId } from './row-id'
import type { ClaimAnswer, ClaimRequest, ReleaseParts, Work } from './wire'
import { workOf } from './work'

/** An answer between Workers and objects carries 32 MiB; what exceeds this waits for the next claim. */
const CLAIM_CHARS_MAX = 8_000_000
/** Claims without progress after which a row is served alone, so that it cannot take others down with it. */
const SERVED_ALONE_AFTER = 2
/** A runner that is done in a moment comes back after this, so that what arrives meanwhile shares one claim and one end. */
const LINGER_MS = 10

/** Hands out ready work under a lease: oldest first, at most 5 executions that touch the network or 50 that do not. */
export function claim(shard: Shard, request: ClaimRequest, now: EpochMs): ClaimAnswer {
  const { memory } = shard
  invariant(memory.meta !== null, 'a shard is opened before it is claimed from')
  claimArrived(memory, now)
  const chosen = choose(shard, request.max, now)
  const work = chosen.length === 0 ? [] : shard.store.transaction(() => lease(shard, chosen, now))
  const pins = new Set(chosen.map((entry) => entry.pin))
  const stays = work.length > 0 && chosen.every(({ pin }) => isBrief(memory, pin))
  if (stays) runnerStays(memory)
  return {
    work,
    releases: missing(shard, pins, request.have),
    config: memory.meta.config,
    leaseMs: LEASE_MS,
    againAfterMs: stays && work.length < CLAIM_PURE_MAX ? LINGER_MS : 0,
    ring: doorbellsToSend(memory),
  }
}

/** Whether executions of a release are over in a moment: nothing waits, for the network or for time. */
function isBrief({ releases }: ShardMemory, pin: number): boolean {
  const release = releases.get(pin)
  return release?.pure === true && release.inline
}

/** Rows that hold a slot already come first; new ones follow while there are slots. */
function choose({ memory }: Shard, max: number, now: EpochMs): readonly Live[] {
  const chosen: Live[] = []
  let limit = max
  for (const seq of inOrder(memory)) {
    const entry = memory.live.get(seq)
    if (entry === undefined || isExpired(entry, now)) continue
    const alone = entry.token - entry.progressToken >= SERVED_ALONE_AFTER
    if (alone && chosen.length > 0) break
    chosen.push(entry)
    const pure = memory.releases.get(entry.pin)?.pure === true
    limit = Math.min(limit, alone ? 1 : pure ? CLAIM_PURE_MAX : CLAIM_NETWORK_MAX)
    if (chosen.length >= limit) break
  }
  return chosen
}

function* inOrder(memory: ShardMemory): Generator<number> {
  yield* memory.resumed
  const { keyed, shared } = mayStart(memory)
  yield* first(memory.opened, keyed)
  yield* first(memory.ready, shared)
}

function* first(seqs: Iterable<number>, count: number): Generator<number> {
  let left = count
  for (const seq of seqs) {
    if (left-- <= 0) return
    yield seq
  }
}

function lease(shard: Shard, chosen: readonly Live[], now: EpochMs): readonly Work[] {
  const { memory, store } = shard
  const meta = memory.meta
  invariant(meta !== null, 'a shard is opened before it is claimed from')
  const work: Work[] = []
  let chars = 0
  for (const entry of chosen) {
    if (chars >= CLAIM_CHARS_MAX) break
    const row = store.row(entry.seq)
    invariant(row !== null, 'what is live has a row')
    chars += row.payload.length + journalChars(row.journal) + entry.mail.chars
    memory.resumed.delete(entry.seq)
    if (!entry.fresh) {
      store.raiseToken(entry.seq, entry.token + 1)
      entry.token += 1
    }
    if (!entry.claimed) takeSlot(memory, entry)
    entry.fresh = false
    memory.unseen.add(entry.seq)
    work.push(
      workOf({
        entry,
        id: executionId(meta.config, meta.no, entry),
        payload: row.payload,
        cause: row.cause,
        journal: row.journal,
        inbox: entry.mail.entries > 0 ? store.inbox(entry.seq, 0) : [],
        lease: holdLease(memory, entry, now),
        now,
      }),
    )
  }
  return work
}

function missing(shard: Shard, pins: ReadonlySet<number>, have: readonly number[]): readonly ReleaseParts[] {
  const releases: ReleaseParts[] = []
  for (const pin of pins) {
    if (have.includes(pin)) continue
    const release = shard.store.release(pin)
    if (release !== null) releases.push(release)
  }
  return releases
}
