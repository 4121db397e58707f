/** Turns passwords into what may be stored, slowly on purpose. */
export type Passwords = {
  hash(password: string): string
  /** False for a wrong password and for a stored text that is not a hash; both take the same time. */
  verify(password: string, stored: string): boolean
  /** Whether a stored text was made at another cost than new ones are. */
  isOutdated(stored: string): boolean
}
