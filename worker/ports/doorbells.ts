/** A queue message "this shard has work". Losing, repeating or delaying one changes nothing but time. */
export type Doorbells = {
  /** Sends `count` doorbells for a shard down its lane; never throws: an unsent doorbell is one nobody answered. */
  ring(bell: { lane: number; ref: string; shard: number }, count: number): Promise<void>
}
