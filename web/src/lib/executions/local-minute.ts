/** An instant as a `datetime-local` field shows it: the reader's own wall clock, to the minute. Empty stays empty. */
export function toLocalMinute(instant: string): string {
  if (instant === '') return ''
  const at = new Date(instant)
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}

/** The instant a `datetime-local` field means; empty when it is not filled in. */
export function fromLocalMinute(text: string): string {
  const at = text === '' ? Number.NaN : new Date(text).getTime()
  return Number.isNaN(at) ? '' : new Date(at).toISOString()
}
