/** The journal lives in the row until it exceeds this, then in parts of its own. */
const ROW_JOURNAL_CHARS_MAX = 64 * 1024

/** What lines take up in a journal, where each ends with a newline. */
export function journalChars(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + line.length + 1, 0)
}

/** Whether a journal of this length may stay in its row; once it has left, nothing is written there any more. */
export function fitsRow(chars: number): boolean {
  return chars <= ROW_JOURNAL_CHARS_MAX
}
