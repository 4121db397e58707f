import type { EpochMs } from '../kernel/time'
import { LIMITS } from '../model/limits'
import { fitsRow, journalChars } from './journal-room'
import { insertRow } from './insert-row'
import { holdLease } from './lease'
import type { Live, Shard } from './memory'
import { doorbellsToSend, makeReady } from './rings'
import { executionId } from './row-id'
import { hasRun, mayHaveRun, storeEnded } from './ran'
import { mayStartAtOnce, takeSlot } from './slots'
import type { ShardMeta } from './store'
import type { ReleaseSummary } from '../model/deployment-config'
import type { AcceptAnswer, AcceptRequest, FindKeyAnswer, FindKeyRequest } from './wire'
import { workOf } from './work'

const NONCE_WINDOW_MS = 60_000

/**
 * Accepts one execution, or says why not. One transaction: the execution row and, with a key, the key row (I1).
 * A repeated key or nonce answers with the execution it made; nothing is written then.
 */
export function accept(shard: Shard, request: AcceptRequest, now: EpochMs): AcceptAnswer {
  const { meta, live } = shard.memory
  if (meta === null) return { kind: 'refused', code: 'unknown_shard' }
  if (request.epoch !== meta.config.epoch) return { kind: 'stale', config: meta.config }
  const earlier = findEarlier(shard, meta, request, now)
  if (earlier !== null) return earlier
  if (meta.config.status === 'paused') return { kind: 'refused', code: 'paused' }
  if (meta.config.status === 'undeployed') return { kind: 'refused', code: 'undeployed' }
  const release = shard.memory.releases.get(request.pin)
  if (release === undefined) return { kind: 'need_release' }
  if (live.size >= LIMITS.liveExecutionsPerShardMax) return { kind: 'refused', code: 'too_many_live' }

  if (hasRun(request) && mayHaveRun(shard.memory, request, release, now)) {
    const row = storeEnded(shard, request, { meta, release, now })
    return { kind: 'accepted', id: executionId(meta.config, meta.no, row), duplicate: false, ring: 0, ended: true }
  }
  const entry = store(shard, request, now, release)
  const id = executionId(meta.config, meta.no, entry)
  if (entry.parkedUntil !== null) return { kind: 'accepted', id, duplicate: false, ring: 0 }
  makeReady(shard.memory, entry, now)
  if (request.claim === true && release.inline && mayStartAtOnce(shard.memory, entry)) {
    return { kind: 'accepted', id, duplicate: false, ring: 0, lease: leaseInline(shard, entry, request, id, now) }
  }
  return { kind: 'accepted', id, duplicate: false, ring: doorbellsToSend(shard.memory) }
}

function findEarlier(shard: Shard, meta: ShardMeta, request: AcceptRequest, now: EpochMs): AcceptAnswer | null {
  if (request.key !== undefined) {
    const known = shard.store.findKey(request.key)
    if (known !== null) {
      if (known.fingerprint !== (request.fingerprint ?? '')) return { kind: 'refused', code: 'key_reused' }
      return repeat(meta, known)
    }
  }
  if (request.retry !== true) return null
  const sent = shard.store.findNonce(request.nonce, now - NONCE_WINDOW_MS)
  return sent === null ? null : repeat(meta, sent)
}

/** Whether this shard has accepted a key, for a shard that is its home now (4.4 rule 2). */
export function findKey({ memory, store }: Shard, request: FindKeyRequest): FindKeyAnswer {
  const { meta } = memory
  if (meta === null) return { kind: 'none' }
  if (meta.config.organizationId !== request.organizationId) return { kind: 'none' }
  const known = store.findKey(request.hash)
  if (known !== null) {
    if (known.fingerprint !== request.fingerprint) return { kind: 'key_reused' }
    return { kind: 'found', id: executionId(meta.config, meta.no, known) }
  }
  return meta.config.epoch < request.epoch ? { kind: 'behind' } : { kind: 'none' }
}

function repeat(meta: ShardMeta, row: { seq: number; acceptedAt: EpochMs }): AcceptAnswer {
  return { kind: 'accepted', id: executionId(meta.config, meta.no, row), duplicate: true, ring: 0 }
}

function store(shard: Shard, request: AcceptRequest, now: EpochMs, release: ReleaseSummary): Live {
  const { memory } = shard
  const { concurrencyKey: key = null, startBy = null, parent: link } = request.cause
  const parent = link?.waits === true ? link.executionId : null
  const { delayMs = 0, timeoutMs = release.timeoutMs } = request
  const dueAt = delayMs > 0 ? now + delayMs : null
  const deadlineAt = now + delayMs + timeoutMs
  const journal = request.seed ?? []
  const chars = journalChars(journal)
  const inline = fitsRow(chars)
  const cause = dueAt === null ? request.cause : { ...request.cause, startsAt: dueAt }
  const { seq } = insertRow(shard, request, { cause, acceptedAt: now, deadlineAt, dueAt, parent, journal, inline })
  const entry: Live = {
    seq,
    pin: request.pin,
    acceptedAt: now,
    deadlineAt,
    token: 1,
    progressToken: 1,
    events: journal.length,
    journalChars: inline ? chars : 0,
    spilled: !inline,
    claimed: false,
    fresh: true,
    recovered: false,
    parkedUntil: dueAt,
    mail: { entries: 0, chars: 0, lastAt: 0 },
    key,
    keyLimit: key === null ? null : (release.concurrency ?? null),
    startBy,
    parent,
    calls: false,
  }
  memory.live.set(seq, entry)
  memory.unseen.add(seq)
  return entry
}

function leaseInline(shard: Shard, entry: Live, request: AcceptRequest, id: string, now: EpochMs) {
  takeSlot(shard.memory, entry)
  entry.fresh = false
  const lease = holdLease(shard.memory, entry, now)
  const { payload, cause, seed = [] } = request
  return workOf({ entry, id, payload, cause, journal: seed, inbox: [], lease, now })
}
