/** The six digits an authenticator shows for a secret in a time step (RFC 6238, SHA-1). */
export type OneTimeCodes = {
  /** Throws nothing; `secret` is base32 as authenticators take it. */
  codeAt(secret: string, step: number): string
}
