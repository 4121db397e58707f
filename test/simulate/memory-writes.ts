import type { JournalChange, ShardStore } from '#core/shard/store'
import { partsOf } from '../../worker/objects/text-parts'
import { conflict } from './memory-conflict'
import type { MemoryDisk, StoredRow } from './memory-disk'
import type { Transactions } from './memory-transactions'

/** Longer payloads and results lie beside their row (worker/objects/long-texts). */
const ROW_TEXT_CHARS_MAX = 150_000
const PARTS_PER_COMMIT_MAX = 1_000

type WriteMethods = 'insert' | 'raiseToken' | 'append' | 'park' | 'unpark' | 'finish' | 'deleteRows'

/** Changes executions, in the order of steps in which the tables are changed: a conflict leaves the same behind. */
export function createMemoryRowWriter(disk: MemoryDisk, writes: Transactions): Pick<ShardStore, WriteMethods> {
  const { set, remove } = writes
  const put = (row: StoredRow) => putRow(disk, writes, row)

  function change(seq: number, changes: Partial<StoredRow>): void {
    const row = disk.rows.get(seq)
    if (row !== undefined) put({ ...row, ...changes })
  }

  function update(seq: number, { token, events, lines, inline }: JournalChange, changes: Partial<StoredRow>): void {
    const row = disk.rows.get(seq)
    const body = lines.length > 0 && inline ? `${lines.join('\n')}\n` : ''
    if (row !== undefined) put({ ...row, progressToken: token, events, journal: row.journal + body, ...changes })
    if (!inline && lines.length > 0) writeParts(disk, writes, seq, events - lines.length, lines)
  }

  function isKeptLong(table: Map<number, string>, seq: number, text: string): boolean {
    if (text.length <= ROW_TEXT_CHARS_MAX) return false
    if (table.has(seq)) throw conflict('long_0.seq', 'long_0.name', 'long_0.part')
    set(table, seq, text)
    return true
  }

  function keptResult(seq: number, text: string): string {
    const isLong = isKeptLong(disk.longResults, seq, text)
    return isLong ? JSON.stringify({ ...JSON.parse(text), output: null }) : text
  }

  return {
    insert({ seq, pin, nonce, cause, payload, acceptedAt, deadlineAt, dueAt, parent, journal, inline, ending }) {
      const result = ending === undefined ? null : keptResult(seq, ending.result)
      const isLong = isKeptLong(disk.longPayloads, seq, payload)
      if (disk.rows.has(seq)) throw conflict('execution_0.seq')
      put({
        seq,
        pin,
        nonce,
        parent,
        acceptedAt,
        deadlineAt,
        dueAt,
        state: ending?.status ?? (dueAt === null ? 'live' : 'delayed'),
        token: 1,
        progressToken: 1,
        events: journal.length,
        finishNo: ending?.finishNo ?? null,
        result,
        cause: JSON.stringify(cause),
        payload: isLong ? '' : payload,
        journal: inline ? journal.map((line) => `${line}\n`).join('') : '',
      })
      if (!inline) writeParts(disk, writes, seq, 0, journal)
    },
    raiseToken: (seq, token) => change(seq, { token }),
    append: (seq, lines) => update(seq, lines, {}),
    park: (seq, lines, dueAt) => update(seq, lines, { state: 'parked', dueAt }),
    unpark: (seq) => change(seq, { state: 'live', dueAt: null }),
    finish(seq, lines, { status: state, finishNo, result: text }) {
      const result = keptResult(seq, text)
      update(seq, lines, { state, finishNo, result, dueAt: null })
    },
    deleteRows(seqs) {
      const tables = [disk.rows, disk.dueAt, disk.journalParts, disk.longPayloads, disk.longResults]
      for (const seq of seqs) for (const table of tables) remove(table as Map<number, unknown>, seq)
    },
  }
}

/** Writes a row, and its instant to the index of those. */
function putRow(disk: MemoryDisk, { run, set, remove }: Transactions, row: StoredRow): void {
  const indexedAt = disk.dueAt.get(row.seq) ?? null
  run(() => {
    set(disk.rows, row.seq, row)
    if (row.dueAt === indexedAt) return
    if (row.dueAt === null) remove(disk.dueAt, row.seq)
    else set(disk.dueAt, row.seq, row.dueAt)
  })
}

function writeParts(
  { journalParts }: MemoryDisk,
  { set }: Transactions,
  seq: number,
  before: number,
  lines: readonly string[],
): void {
  for (const [index, body] of partsOf(`${lines.join('\n')}\n`).entries()) {
    const part = before * PARTS_PER_COMMIT_MAX + index
    const stored = journalParts.get(seq) ?? []
    if (stored.some(([no]) => no === part)) throw conflict('journal_0.seq', 'journal_0.part')
    const parts = [...stored, [part, body] as const]
    set(
      journalParts,
      seq,
      parts.toSorted(([a], [b]) => a - b),
    )
  }
}
