/** Stage outputs too large for the journal. Keys are written once and never changed. */
export type OutputStore = {
  /** A JSON text in parts. */
  put(key: string, json: readonly string[]): Promise<void>
  /** Null when the object is gone. */
  get(key: string): Promise<string | null>
}
