const totals = {
  requests: 0,
  objectRequests: 0,
  rowsWritten: 0,
  rowsRead: 0,
  indexRowsWritten: 0,
  queueMessages: 0,
  puts: 0,
  gets: 0,
}
// A cursor knows its rows only once it was read to its end.
let cursors = []

/** Billed operations since the isolate started. */
export const counts = {
  add: (name, count = 1) => void (totals[name] += count),
  addCursor: (cursor) => void cursors.push(cursor),
  read() {
    for (const { rowsWritten, rowsRead } of cursors) {
      totals.rowsWritten += rowsWritten
      totals.rowsRead += rowsRead
    }
    cursors = []
    return totals
  },
}
