import type { EpochMs } from '../kernel/time'
import type { ReleaseSummary } from '../model/deployment-config'
import { countEnded } from './blocks'
import { insertRow } from './insert-row'
import { fitsRow, journalChars } from './journal-room'
import type { Shard, ShardMemory } from './memory'
import { isRoomAtOnce } from './slots'
import type { ShardMeta } from './store'
import type { AcceptRequest, Ran } from './wire'

// Executions that were run before they were accepted (docs/decisions/0011).

/** Clocks may differ; a repeat has to find the row by its nonce all the same. */
const RAN_BEFORE_MS_MAX = 10_000

type RanRequest = AcceptRequest & { readonly ran: Ran }

export function hasRun(request: AcceptRequest): request is RanRequest {
  return request.ran !== undefined
}

/** What is asked for waits for nothing, and nothing waits for it. */
export function isPlain({ seed, delayMs, cause }: Pick<AcceptRequest, 'seed' | 'delayMs' | 'cause'>): boolean {
  const { parent, concurrencyKey } = cause
  return [seed, delayMs, parent, concurrencyKey].every((it) => it === undefined)
}

/** Whether an execution may have begun and ended before it came: one that would have to wait here, or is past its limit, has not. */
export function mayHaveRun(memory: ShardMemory, request: RanRequest, release: ReleaseSummary, now: EpochMs): boolean {
  const isInTime = now < acceptedAt(request.ran, now) + (request.timeoutMs ?? release.timeoutMs)
  return isPlain(request) && release.pure && release.inline && isInTime && isRoomAtOnce(memory)
}

/** When its run began, or what it wrote would be older than itself. */
function acceptedAt({ at }: Ran, now: EpochMs): EpochMs {
  return Math.min(now, Math.max(at, now - RAN_BEFORE_MS_MAX))
}

/** Accepts an execution with its end. */
export function storeEnded(
  shard: Shard,
  request: RanRequest,
  { meta, release, now }: { readonly meta: ShardMeta; readonly release: ReleaseSummary; readonly now: EpochMs },
): { readonly seq: number; readonly acceptedAt: EpochMs } {
  const { memory } = shard
  const { events, status, result } = request.ran
  const at = acceptedAt(request.ran, now)
  const finishNo = meta.finishNo + 1
  const row = insertRow(shard, request, {
    cause: request.cause,
    acceptedAt: at,
    deadlineAt: at + (request.timeoutMs ?? release.timeoutMs),
    dueAt: null,
    parent: null,
    journal: events,
    inline: fitsRow(journalChars(events)),
    ending: { status, finishNo, result },
  })
  memory.meta = { ...meta, finishNo }
  memory.unflushed.set(row.seq, finishNo)
  countEnded(memory.blocks, row.seq)
  return row
}
