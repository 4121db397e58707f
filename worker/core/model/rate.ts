/** A bucket of `quota` calls that fills up again in `windowSeconds`. `name` is what callers read in their headers. */
export type RateRule = { readonly name: string; readonly quota: number; readonly windowSeconds: number }

/** What a rule says of one call: whether there was room, what is left, and when the bucket is full again. */
export type RateVerdict = {
  readonly rule: RateRule
  readonly allowed: boolean
  readonly remaining: number
  readonly resetSeconds: number
  /** Seconds until there is room for one call, at least 1. */
  readonly retryAfterSeconds: number
}
