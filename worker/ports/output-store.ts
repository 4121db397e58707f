/** Stage outputs too large for the journal. Keys are written once and never changed. */
export type OutputStore = {
  put(key: string, json: string): Promise<void>
  /** Null when the object is gone. */
  get(key: string): Promise<string | null>
}
