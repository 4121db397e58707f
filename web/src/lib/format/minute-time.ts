/** An instant to the minute, in a zone (the reader's own when none is given): `Sun, Nov 22, 08:47 UTC`; with the year when it is another. */
export function formatMinute(atMs: number, nowAt: number, timeZone?: string): string {
  const isOtherYear = new Date(atMs).getUTCFullYear() !== new Date(nowAt).getUTCFullYear()
  return new Intl.DateTimeFormat('en', {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    ...(isOtherYear ? { year: 'numeric' } : {}),
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
    ...(timeZone === undefined ? {} : { timeZone }),
  }).format(new Date(atMs))
}
