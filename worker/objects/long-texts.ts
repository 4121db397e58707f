import { partsOf } from './text-parts'

/** A row takes at most 2 MB, a character up to three bytes of it, and four texts share it. */
const ROW_TEXT_CHARS_MAX = 150_000

/** Texts of an execution that are too long for its row are kept beside it, in parts. */
export function createLongTexts(sql: SqlStorage) {
  return {
    /** Whether a text had to be kept beside the row. */
    keep(seq: number, name: 'payload' | 'result', text: string): boolean {
      if (text.length <= ROW_TEXT_CHARS_MAX) return false
      for (const [part, body] of partsOf(text).entries()) {
        sql.exec('INSERT INTO long_0 VALUES (?, ?, ?, ?)', seq, name, part, body)
      }
      return true
    },
    /** Null for a text that is in its row. */
    read(seq: number, name: 'payload' | 'result'): string | null {
      const parts = sql
        .exec<{ body: string }>('SELECT body FROM long_0 WHERE seq = ? AND name = ? ORDER BY part', seq, name)
        .toArray()
      return parts.length === 0 ? null : parts.map(({ body }) => body).join('')
    },
    drop(seqs: readonly number[]): void {
      sql.exec('DELETE FROM long_0 WHERE seq IN (SELECT value FROM json_each(?))', JSON.stringify(seqs))
    },
  }
}
