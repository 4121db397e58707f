import type { EpochMs } from '../kernel/time'
import { isTerminalStatus } from '../model/execution-status'
import { countEnded } from './blocks'
import { mayCall, releaseChildren, releaseUnheard, reportToParent } from './children'
import { fitsRow, journalChars } from './journal-room'
import { holdLease, holds } from './lease'
import type { Live, Shard } from './memory'
import { makeReady } from './rings'
import { leaveQueues } from './slots'
import type { JournalChange } from './store'
import type { CommitAnswer, CommitItem, FinishAnswer, FinishItem, ParkItem, RenewItem } from './wire'

const FENCED = { kind: 'fenced' } as const

/** Appends events for the holders of leases and extends them. A repeat of what is already there is `ok` (I3). */
export function commit(shard: Shard, items: readonly CommitItem[], now: EpochMs): readonly CommitAnswer[] {
  return shard.store.transaction(() => items.map((item) => commitOne(shard, item, now)))
}

/** Extends leases without writing. */
export function renew(shard: Shard, items: readonly RenewItem[], now: EpochMs): readonly CommitAnswer[] {
  return items.map(({ seq, token, heard }) => {
    const entry = holds(shard.memory, seq, token)
    return entry === null ? FENCED : granted(shard, entry, heard, now)
  })
}

/** Appends, then lets go until `wakeAt`; the slot stays held (I9). */
export function park(shard: Shard, items: readonly ParkItem[], now: EpochMs): readonly CommitAnswer[] {
  return shard.store.transaction(() =>
    items.map((item) => {
      const entry = holder(shard, item)
      if (entry === null) return fenced(shard, item, now)
      const answer = granted(shard, entry, item.heard, now)
      const change = appended(entry, fresh(entry, item))
      shard.memory.leases.delete(item.seq)
      if (answer.inbox.length > 0) readFirst(shard, entry, change, now)
      else parkUntil(shard, entry, change, Math.min(item.wakeAt, entry.deadlineAt))
      return answer
    }),
  )
}

/** Mail that the runner has not seen must be read before it may rest: the row is ready again at once. */
function readFirst({ store, memory }: Shard, entry: Live, change: JournalChange, now: EpochMs): void {
  store.append(entry.seq, change)
  makeReady(memory, entry, now)
}

function parkUntil({ store, memory }: Shard, entry: Live, change: JournalChange, dueAt: EpochMs): void {
  store.park(entry.seq, change, dueAt)
  memory.unseen.add(entry.seq)
  entry.parkedUntil = dueAt
}

/** Appends and ends executions. A recorded cancel or a passed deadline keeps its word (4.4 rule 10, I11). */
export function finish(shard: Shard, items: readonly FinishItem[], now: EpochMs): readonly FinishAnswer[] {
  return shard.store.transaction(() => items.map((item) => finishOne(shard, item, now)))
}

function finishOne(shard: Shard, item: FinishItem, now: EpochMs): FinishAnswer {
  const { memory } = shard
  if (!memory.live.has(item.seq)) return repeatedFinish(shard, item, now)
  const entry = holder(shard, item)
  if (entry === null) return fenced(shard, item, now)
  const word = overrulingWord(shard, entry, item, now)
  if (word === item.status) end(shard, entry, fresh(entry, item), { status: word, result: item.result }, now)
  else {
    const lines = [...fresh(entry, item), stopLine(word, now)]
    end(shard, entry, lines, { status: word, result: overruled(item.result, word) }, now)
  }
  return { kind: 'ok', status: word }
}

function repeatedFinish(shard: Shard, item: FinishItem, now: EpochMs): FinishAnswer {
  const row = shard.store.row(item.seq)
  if (row === null || row.token !== item.token || !isTerminalStatus(row.state)) return fenced(shard, item, now)
  const sent = item.from + item.events.length + (row.state === item.status ? 0 : 1)
  return row.events === sent ? { kind: 'ok', status: row.state } : FENCED
}

/** What a fenced runner tells comes too late for the journal; of a child it started somebody has to know all the same. */
function fenced(shard: Shard, { seq, events }: CommitItem, now: EpochMs): typeof FENCED {
  releaseUnheard(shard, seq, events, now)
  return FENCED
}

function overrulingWord(shard: Shard, entry: Live, item: FinishItem, now: EpochMs): FinishItem['status'] {
  const mail = entry.mail.entries > 0 ? shard.store.inbox(entry.seq, 0) : []
  if (mail.some((entry) => entry.kind === 'cancel')) return 'cancelled'
  if (item.status === 'cancelled') return item.status
  return now >= entry.deadlineAt ? 'timed_out' : item.status
}

/** The journal says why the word is another than its events lead to (I3). */
function stopLine(word: FinishItem['status'], now: EpochMs): string {
  const stop = { v: 1, at: now }
  return JSON.stringify(
    word === 'cancelled'
      ? { ...stop, type: 'cancel_requested', reason: '', actor: null }
      : { ...stop, type: 'deadline_passed' },
  )
}

function overruled(result: string, word: FinishItem['status']): string {
  const message = word === 'cancelled' ? 'The execution was cancelled.' : 'The execution took longer than its limit.'
  const parsed: Record<string, unknown> = JSON.parse(result)
  return JSON.stringify({ ...parsed, output: null, error: { code: word, message } })
}

/** Writes the end of an execution with its last events and frees what it held. Runs inside the caller's transaction. */
export function end(
  shard: Shard,
  entry: Live,
  lines: readonly string[],
  ending: { status: FinishItem['status']; result: string },
  now: EpochMs,
): void {
  const { memory, store } = shard
  if (memory.meta === null) return
  const finishNo = memory.meta.finishNo + 1
  memory.meta = { ...memory.meta, finishNo }
  releaseChildren(shard, entry, lines, now)
  reportToParent(shard, entry, ending, now)
  store.finish(entry.seq, appended(entry, lines), { ...ending, finishNo })
  if (entry.mail.entries > 0) store.clearInbox(entry.seq)
  memory.live.delete(entry.seq)
  leaveQueues(memory, entry)
  memory.leases.delete(entry.seq)
  memory.unseen.delete(entry.seq)
  memory.unflushed.set(entry.seq, finishNo)
  countEnded(memory.blocks, entry.seq)
}

function commitOne(shard: Shard, item: CommitItem, now: EpochMs): CommitAnswer {
  const entry = holder(shard, item)
  if (entry === null) return fenced(shard, item, now)
  const lines = fresh(entry, item)
  if (lines.length > 0) shard.store.append(entry.seq, appended(entry, lines))
  return granted(shard, entry, item.heard, now)
}

/** The row an item may be written to: its token holds, and its events go on where the journal ends or are all there (I3). */
function holder(shard: Shard, item: CommitItem): Live | null {
  const entry = holds(shard.memory, item.seq, item.token)
  if (entry === null) return null
  const isNext = item.from === entry.events
  return isNext || item.from + item.events.length === entry.events ? entry : null
}

/** Those of an item's events that the journal does not have yet. */
function fresh(entry: Live, item: CommitItem): readonly string[] {
  return item.from === entry.events ? item.events : []
}

/** Counts lines as appended; what it answers has to be written in the same transaction. */
function appended(entry: Live, lines: readonly string[]): JournalChange {
  const chars = entry.journalChars + journalChars(lines)
  const inline = !entry.spilled && fitsRow(chars)
  entry.events += lines.length
  if (inline) entry.journalChars = chars
  else entry.spilled = true
  entry.progressToken = entry.token
  entry.calls ||= lines.some(mayCall)
  return { token: entry.token, events: entry.events, lines, inline }
}

function granted(shard: Shard, entry: Live, heard = 0, now: EpochMs): Extract<CommitAnswer, { kind: 'ok' }> {
  // A holder that comes back after its lease ran out is alone again: nobody else may be handed the row.
  shard.memory.resumed.delete(entry.seq)
  holdLease(shard.memory, entry, now)
  const inbox = entry.mail.entries > heard ? shard.store.inbox(entry.seq, heard) : []
  return { kind: 'ok', inbox }
}
