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

/** Whether an execution may have begun and ended before it came: one that would have to wait here has not. */
export function mayHaveRun(memory: ShardMemory, request: AcceptRequest, release: ReleaseSummary): boolean {
  const { seed, delayMs, cause } = request
  const isPlain = seed === undefined && delayMs === undefined && cause.parent === undefined
  return isPlain && cause.concurrencyKey === undefined && release.pure && release.inline && isRoomAtOnce(memory)
}

/** Accepts an execution with its end. It was accepted when its run began, or what it wrote would be older than itself. */
export function storeEnded(
  shard: Shard,
  request: AcceptRequest,
  { events, status, result, at }: Ran,
  { meta, release, now }: { readonly meta: ShardMeta; readonly release: ReleaseSummary; readonly now: EpochMs },
): { readonly seq: number; readonly acceptedAt: EpochMs } {
  const { memory } = shard
  const acceptedAt = Math.min(now, Math.max(at, now - RAN_BEFORE_MS_MAX))
  const finishNo = meta.finishNo + 1
  const row = insertRow(shard, request, {
    cause: request.cause,
    acceptedAt,
    deadlineAt: acceptedAt + (request.timeoutMs ?? release.timeoutMs),
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
