/** Milliseconds since the Unix epoch; the only form of an instant inside the program. */
export type EpochMs = number

/** The current instant. Passed in wherever time is needed, so that every decision can be replayed. */
export type Clock = () => EpochMs

/** Whether less than `ms` have passed. A clock that was set back counts as time that has passed, so that nobody waits for it. */
export function isWithin(since: EpochMs, ms: number, now: EpochMs): boolean {
  return now >= since && now - since < ms
}

/** ISO 8601 in UTC, the only form of an instant outside the program. */
export function toIso(at: EpochMs): string {
  return new Date(at).toISOString()
}

export function fromIso(text: string): EpochMs {
  return new Date(text).getTime()
}
