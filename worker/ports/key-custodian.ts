/** What happened to a ring: all its keys are under the newest master key already, were put there, or cannot be. */
export type Rewrapped = 'current' | 'rewrapped' | 'changed' | 'unreadable'

/** Looks after the data keys of organizations. */
export type KeyCustodian = {
  /** Tells two texts of one organization apart without telling either: a keyed hash, eight hexadecimal digits. */
  fingerprint(organizationId: string, ...text: readonly string[]): Promise<string>
  /** Puts the data keys of an organization under the newest master key. What they sealed stays as it is. */
  rewrap(organizationId: string): Promise<Rewrapped>
  /** Destroys the data keys of an organization for good: nothing they sealed can ever be opened again, copies included. */
  shred(organizationId: string): Promise<void>
}
