import * as z from 'zod'
import type { InboxEntry } from '#core/shard/wire'

const Kind = z.enum(['cancel', 'signal', 'child_finished'])

/** What executions were told from outside, in order of arrival. */
export function createInboxTable(sql: SqlStorage) {
  return {
    addInbox(seq: number, entry: InboxEntry): void {
      sql.exec('INSERT OR IGNORE INTO inbox VALUES (?, ?, ?, ?, ?)', seq, entry.kind, entry.key, entry.body, entry.at)
    },
    inbox(seq: number): readonly InboxEntry[] {
      return sql
        .exec<{ kind: string; key: string; body: string; at: number }>(
          'SELECT kind, key, body, at FROM inbox WHERE seq = ? ORDER BY at',
          seq,
        )
        .toArray()
        .map((row) => ({ ...row, kind: Kind.parse(row.kind) }))
    },
    clearInbox(seq: number): void {
      sql.exec('DELETE FROM inbox WHERE seq = ?', seq)
    },
  }
}
