/** The time of day of an instant in a zone (the reader's own when none is given): `12:04:31`. */
export function formatClock(at: string, timeZone?: string): string {
  return new Intl.DateTimeFormat('en', {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    ...(timeZone === undefined ? {} : { timeZone }),
  }).format(new Date(at))
}
