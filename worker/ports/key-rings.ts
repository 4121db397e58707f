/** A key ring as it is stored: text, and a mark that changes with every change. */
export type StoredRing = { readonly text: string; readonly mark: string }

export type RingOwner = { readonly organizationId: string; readonly master: number }

/** The data keys of organizations, wrapped; one ring an organization, kept apart from everything they seal. */
export type KeyRings = {
  read(organizationId: string): Promise<StoredRing | null>
  /** False when somebody else was first; nothing is changed then. `master`: the oldest master key that wraps one of its keys. */
  create(organizationId: string, text: string, master: number): Promise<boolean>
  /** False when the ring has another mark by now; nothing is changed then. */
  replace(organizationId: string, text: string, master: number, mark: string): Promise<boolean>
  /** Forgets a ring, and the mark a destroyed one left: only when nothing it sealed is there any more. */
  remove(organizationId: string): Promise<void>
  /** Whose rings there are, in order, after a given one, and under which master key they say they are. */
  owners(after: string, limit: number): Promise<readonly RingOwner[]>
}
