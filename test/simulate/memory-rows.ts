import { beganAt } from '#core/shard/began-at'
import { BLOCK_SIZE } from '#core/shard/blocks'
import type { Row, RowHead, ShardStore } from '#core/shard/store'
import type { Cause } from '#core/shard/wire'
import { CauseColumn } from '../../worker/objects/columns'
import type { MemoryDisk, StoredRow } from './memory-disk'
import { octetsOf } from './memory-text'

type ReadMethods = 'row' | 'rows' | 'heads' | 'findNonce' | 'blockRows'

/** Reads executions by their numbers. */
export function createMemoryRowReader(disk: MemoryDisk): Pick<ShardStore, ReadMethods> {
  const causeOf = createCauseReader()
  function some(seqs: readonly number[]): readonly StoredRow[] {
    const ordered = [...new Set(seqs)].toSorted((a, b) => a - b)
    return ordered.flatMap((seq) => disk.rows.get(seq) ?? [])
  }
  const read = (row: StoredRow): Row => ({
    seq: row.seq,
    pin: row.pin,
    state: row.state,
    token: row.token,
    progressToken: row.progressToken,
    events: row.events,
    dueAt: row.dueAt,
    deadlineAt: row.deadlineAt,
    acceptedAt: row.acceptedAt,
    finishNo: row.finishNo,
    cause: causeOf(row.cause),
    result: row.result === null ? null : (disk.longResults.get(row.seq) ?? row.result),
    payload: row.payload === '' ? (disk.longPayloads.get(row.seq) ?? '') : row.payload,
    journal: linesOf(disk, row),
  })
  return {
    row(seq) {
      const row = disk.rows.get(seq)
      return row === undefined ? null : read(row)
    },
    rows: (seqs) => some(seqs).map(read),
    heads: (seqs) => some(seqs).map((row) => headOf(disk, row, causeOf(row.cause))),
    findNonce(nonce, sinceAt) {
      let newest: StoredRow | null = null
      for (const row of disk.rows.values()) {
        if (row.nonce === nonce && row.acceptedAt >= sinceAt && row.seq > (newest?.seq ?? -1)) newest = row
      }
      return newest === null ? null : { seq: newest.seq, acceptedAt: newest.acceptedAt }
    },
    blockRows(block) {
      const seqs = Array.from({ length: BLOCK_SIZE }, (_, index) => block * BLOCK_SIZE + index)
      return some(seqs).map((row) => ({ seq: row.seq, ended: row.finishNo !== null, chars: octetsOfRow(disk, row) }))
    },
  }
}

/** Causes are much alike, so each text is parsed once, and frozen because it is shared. */
function createCauseReader(): (text: string) => Cause {
  const known = new Map<string, Cause>()
  return (text) => {
    const found = known.get(text)
    if (found !== undefined) return found
    const cause = CauseColumn.parse(JSON.parse(text))
    freeze(cause)
    known.set(text, cause)
    return cause
  }
}

function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  Object.freeze(value)
  for (const part of Object.values(value)) freeze(part)
}

function linesOf({ journalParts }: MemoryDisk, { seq, journal, events }: StoredRowText): readonly string[] {
  const lines = journal === '' ? [] : journal.slice(0, -1).split('\n')
  if (lines.length === events) return lines
  const rest = (journalParts.get(seq) ?? []).map(([, body]) => body).join('')
  return [...lines, ...rest.slice(0, -1).split('\n')]
}

type StoredRowText = Pick<StoredRow, 'seq' | 'journal' | 'events'>

function headOf(disk: MemoryDisk, row: StoredRow, cause: Cause): RowHead {
  const { seq, pin, state, acceptedAt, result, journal } = row
  const isBegun = result === null && journal !== ''
  return {
    seq,
    pin,
    state,
    acceptedAt,
    cause,
    result: result === null ? null : JSON.stringify({ ...JSON.parse(result), output: undefined }),
    startedAt: isBegun ? beganAt(linesOf(disk, row), cause) : null,
  }
}

function octetsOfRow(disk: MemoryDisk, { seq, payload, journal, result }: StoredRow): number {
  const parts = (disk.journalParts.get(seq) ?? []).map(([, body]) => body)
  const longs = [disk.longPayloads.get(seq) ?? '', disk.longResults.get(seq) ?? '']
  return [payload, journal, result ?? '', ...parts, ...longs].reduce((sum, text) => sum + octetsOf(text), 0)
}
