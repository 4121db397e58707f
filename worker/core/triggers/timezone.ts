const NAME = /^(?:UTC|[A-Za-z_]+(?:\/[A-Za-z0-9_+-]+){1,2})$/

/** Whether a text is the IANA name of a time zone (`Europe/London`, `UTC`). Abbreviations and bare offsets are not. */
export function isTimezone(name: string): boolean {
  if (!NAME.test(name)) return false
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name })
    return true
  } catch {
    return false
  }
}
