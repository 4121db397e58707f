/** Milliseconds since the Unix epoch; the only form of an instant inside the program. */
export type EpochMs = number

/** The current instant. Passed in wherever time is needed, so that every decision can be replayed. */
export type Clock = () => EpochMs

/** ISO 8601 in UTC, the only form of an instant outside the program. */
export function toIso(at: EpochMs): string {
  return new Date(at).toISOString()
}

export function fromIso(text: string): EpochMs {
  return new Date(text).getTime()
}
