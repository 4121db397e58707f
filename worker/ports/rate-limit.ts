/** Counts one call against `key`; false when there were too many. Approximate: a shield, not a quota. */
export type RateLimit = (key: string) => Promise<boolean>
