import { type BlockCount, blockOf } from '#core/shard/blocks'
import type { LiveRow, ShardStore } from '#core/shard/store'
import type { Cause, InboxEntry } from '#core/shard/wire'
import type { MemoryDisk, StoredRow } from './memory-disk'
import { charactersOf } from './memory-text'

type WaitingMethods = 'liveRows' | 'unflushed' | 'parkedDue' | 'nextParkedDue' | 'blockCounts'

/** Looks over all executions: only when a life begins, except for those that have an instant. */
export function createMemoryWaitingRows(disk: MemoryDisk): Pick<ShardStore, WaitingMethods> {
  const inOrder = () => [...disk.rows.values()].toSorted((a, b) => a.seq - b.seq)
  return {
    liveRows: () => inOrder().flatMap((row) => (row.finishNo === null ? [liveRowOf(disk, row)] : [])),
    unflushed: (flushedThrough) =>
      inOrder()
        .flatMap(({ seq, finishNo }) =>
          finishNo !== null && finishNo > flushedThrough ? [[seq, finishNo] as const] : [],
        )
        .toSorted(([, a], [, b]) => a - b),
    parkedDue: (now, limit) =>
      [...disk.dueAt]
        .filter(([, dueAt]) => dueAt <= now)
        .toSorted(([seqA, a], [seqB, b]) => a - b || seqA - seqB)
        .slice(0, limit)
        .map(([seq]) => seq),
    nextParkedDue() {
      let next: number | null = null
      for (const dueAt of disk.dueAt.values()) next = Math.min(next ?? dueAt, dueAt)
      return next
    },
    blockCounts() {
      const counts = new Map<number, { -readonly [Key in keyof BlockCount]: BlockCount[Key] }>()
      for (const { seq, finishNo, acceptedAt } of inOrder()) {
        const block = blockOf(seq)
        const count = counts.get(block) ?? { rows: 0, ended: 0, oldestAt: acceptedAt }
        count.rows += 1
        count.ended += finishNo === null ? 0 : 1
        count.oldestAt = Math.min(count.oldestAt, acceptedAt)
        counts.set(block, count)
      }
      return [...counts]
    },
  }
}

function liveRowOf(disk: MemoryDisk, row: StoredRow): LiveRow {
  const { seq, pin, token, progressToken, events, dueAt, deadlineAt, acceptedAt, parent } = row
  const { concurrencyKey = null, startBy = null } = JSON.parse(row.cause) as Cause
  return {
    seq,
    pin,
    token,
    progressToken,
    events,
    dueAt,
    deadlineAt,
    acceptedAt,
    parent,
    concurrencyKey,
    startBy,
    state: row.state as LiveRow['state'],
    journalChars: charactersOf(row.journal),
    spilled: disk.journalParts.has(seq),
    mail: sizeOf(disk.inbox.get(seq) ?? []),
  }
}

function sizeOf(entries: readonly InboxEntry[]): LiveRow['mail'] {
  const chars = entries.reduce((sum, { body }) => sum + charactersOf(body), 0)
  return { entries: entries.length, chars, lastAt: Math.max(0, ...entries.map(({ at }) => at)) }
}
