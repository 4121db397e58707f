/** One finding about a document or a request. `path` is a JSON Pointer into what was sent. */
export type Issue = {
  readonly code: string
  readonly severity: 'error' | 'warning'
  readonly path: string
  readonly message: string
  readonly hint?: string
}
