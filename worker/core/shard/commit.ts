import type { EpochMs } from '../kernel/time'
import { holdLease, holds } from './lease'
import type { Live, Shard } from './memory'
import type { CommitAnswer, CommitItem, FinishAnswer, FinishItem, ParkItem } from './wire'

/** The journal lives in the row until it exceeds this, then in parts of its own. */
const JOURNAL_INLINE_BYTES_MAX = 64 * 1024

const FENCED = { kind: 'fenced' } as const

/** Appends events for the holders of leases and extends them. A repeat of what is already there is `ok` (I3). */
export function commit(shard: Shard, items: readonly CommitItem[], now: EpochMs): readonly CommitAnswer[] {
  return shard.store.transaction(() => items.map((item) => commitOne(shard, item, now)))
}

/** Extends leases without writing. */
export function renew(
  shard: Shard,
  items: readonly { seq: number; token: number }[],
  now: EpochMs,
): readonly CommitAnswer[] {
  return items.map(({ seq, token }) => {
    const entry = holds(shard.memory, seq, token)
    return entry === null ? FENCED : granted(shard, entry, now)
  })
}

/** Appends, then lets go until `wakeAt`; the slot stays held (I9). */
export function park(shard: Shard, items: readonly ParkItem[], now: EpochMs): readonly CommitAnswer[] {
  return shard.store.transaction(() =>
    items.map((item) => {
      const answer = commitOne(shard, item, now)
      const entry = shard.memory.live.get(item.seq)
      if (answer.kind === 'fenced' || entry === undefined) return answer
      // Mail that arrived with this commit must be seen first, so the row is ready again at once.
      const dueAt = answer.inbox.length > 0 ? now : Math.min(item.wakeAt, entry.deadlineAt)
      shard.memory.leases.delete(item.seq)
      entry.parkedUntil = dueAt
      shard.store.park(item.seq, dueAt)
      shard.memory.unseen.add(item.seq)
      return answer
    }),
  )
}

/** Appends and ends executions. A recorded cancel or a passed deadline keeps its word (4.4 rule 10, I11). */
export function finish(shard: Shard, items: readonly FinishItem[], now: EpochMs): readonly FinishAnswer[] {
  return shard.store.transaction(() => items.map((item) => finishOne(shard, item, now)))
}

function finishOne(shard: Shard, item: FinishItem, now: EpochMs): FinishAnswer {
  const { memory, store } = shard
  const entry = memory.live.get(item.seq)
  if (entry === undefined) return repeatedFinish(shard, item)
  if (commitOne(shard, item, now).kind === 'fenced') return FENCED
  const word = overrulingWord(shard, entry, item, now)
  const result = word === item.status ? item.result : overruled(item.result, word)
  end(shard, entry, { status: word, result })
  store.clearInbox(item.seq)
  return { kind: 'ok', status: word }
}

function repeatedFinish(shard: Shard, item: FinishItem): FinishAnswer {
  const row = shard.store.row(item.seq)
  if (row === null || row.token !== item.token || row.state === 'live' || row.state === 'parked') return FENCED
  return row.events === item.from + item.events.length ? { kind: 'ok', status: row.state } : FENCED
}

function overrulingWord(shard: Shard, entry: Live, item: FinishItem, now: EpochMs): FinishItem['status'] {
  const mail = entry.mail ? shard.store.inbox(entry.seq) : []
  if (mail.some((entry) => entry.kind === 'cancel')) return 'cancelled'
  if (item.status === 'cancelled') return item.status
  return now >= entry.deadlineAt ? 'timed_out' : item.status
}

function overruled(result: string, word: FinishItem['status']): string {
  const message = word === 'cancelled' ? 'The execution was cancelled.' : 'The execution took longer than its limit.'
  const parsed: Record<string, unknown> = JSON.parse(result)
  return JSON.stringify({ ...parsed, output: null, error: { code: word, message } })
}

/** Writes the end of an execution and frees what it held. Runs inside the caller's transaction. */
export function end(shard: Shard, entry: Live, ending: { status: FinishItem['status']; result: string }): void {
  const { memory, store } = shard
  if (memory.meta === null) return
  const finishNo = memory.meta.finishNo + 1
  memory.meta = { ...memory.meta, finishNo }
  store.finish(entry.seq, { ...ending, finishNo })
  memory.live.delete(entry.seq)
  memory.ready.delete(entry.seq)
  memory.resumed.delete(entry.seq)
  memory.leases.delete(entry.seq)
  memory.unseen.delete(entry.seq)
  memory.unflushed.set(entry.seq, finishNo)
  if (entry.claimed) memory.slots -= 1
}

function commitOne(shard: Shard, item: CommitItem, now: EpochMs): CommitAnswer {
  const entry = holds(shard.memory, item.seq, item.token)
  if (entry === null) return FENCED
  if (item.from !== entry.events) {
    return item.from + item.events.length === entry.events ? granted(shard, entry, now) : FENCED
  }
  if (item.events.length > 0) append(shard, entry, item.events)
  return granted(shard, entry, now)
}

/** Appends lines to a row's journal; inside the caller's transaction. */
export function append(shard: Shard, entry: Live, lines: readonly string[]): void {
  const bytes = lines.reduce((sum, line) => sum + line.length + 1, 0)
  const inline = entry.journalBytes + bytes <= JOURNAL_INLINE_BYTES_MAX
  shard.store.append(entry.seq, { token: entry.token, events: entry.events + lines.length, lines, inline })
  entry.events += lines.length
  entry.journalBytes += inline ? bytes : JOURNAL_INLINE_BYTES_MAX
  entry.progressToken = entry.token
}

function granted(shard: Shard, entry: Live, now: EpochMs): CommitAnswer {
  holdLease(shard.memory, entry, now)
  return { kind: 'ok', inbox: entry.mail ? shard.store.inbox(entry.seq) : [], watched: false }
}
