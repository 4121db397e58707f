/**
 * Turns passwords into what may be stored, slowly on purpose, one at a time and without holding up anything else. Both calls
 * reject as `rate_limited` when too many wait.
 */
export type Passwords = {
  hash(password: string): Promise<string>
  /** False for a wrong password and for a stored text that is not a hash; both take the same time. */
  verify(password: string, stored: string): Promise<boolean>
  /** Whether a stored text was made at another cost than new ones are. */
  isOutdated(stored: string): boolean
}
