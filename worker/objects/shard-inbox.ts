import * as z from 'zod'
import type { InboxEntry } from '#core/shard/wire'

type Columns = { kind: string; key: string; body: string; at: number }

const Kind = z.enum(['cancel', 'signal', 'child_finished'])

/** What executions were told from outside, in order of arrival. */
export function createInboxTable(sql: SqlStorage) {
  return {
    addInbox(seq: number, entry: InboxEntry): void {
      sql.exec('INSERT OR IGNORE INTO inbox VALUES (?, ?, ?, ?, ?)', seq, entry.kind, entry.key, entry.body, entry.at)
    },
    inboxEntry(seq: number, kind: InboxEntry['kind'], key: string): InboxEntry | null {
      const found = sql.exec<Columns>(
        'SELECT kind, key, body, at FROM inbox WHERE seq = ? AND kind = ? AND key = ?',
        seq,
        kind,
        key,
      )
      return found.toArray().map(toEntry)[0] ?? null
    },
    inbox(seq: number, after: number): readonly InboxEntry[] {
      return sql
        .exec<Columns>(
          'SELECT kind, key, body, at FROM inbox WHERE seq = ? ORDER BY at, kind, key LIMIT -1 OFFSET ?',
          seq,
          after,
        )
        .toArray()
        .map(toEntry)
    },
    clearInbox(seq: number): void {
      sql.exec('DELETE FROM inbox WHERE seq = ?', seq)
    },
  }
}

function toEntry(row: Columns): InboxEntry {
  return { ...row, kind: Kind.parse(row.kind) }
}
