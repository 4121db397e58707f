import { sha256 } from '../expression/sha256'

/** One entry of an organization's audit as it is chained; `detail` is JSON text, or null. */
export type ChainedEntry = {
  readonly seq: number
  readonly id: string
  readonly at: number
  readonly actor: { readonly id: string; readonly email: string | null }
  readonly action: string
  readonly target: string
  readonly detail: string | null
}

/** Where a chain stands: the last entry's number and hash. */
export type ChainHead = { readonly seq: number; readonly hash: string }

/** What the first entry follows; another organization's chain cannot be passed off as this one. */
export function chainStart(organizationId: string): ChainHead {
  return { seq: 0, hash: hex(`millrace-audit-v1\n${organizationId}`) }
}

/**
 * The hash of an entry: SHA-256, in hexadecimal, of the hash before it, a line feed, and the JSON list
 * `[seq, id, at, actor id, actor email, action, target, detail]`.
 */
export function entryHash(previous: string, { seq, id, at, actor, action, target, detail }: ChainedEntry): string {
  return hex(`${previous}\n${JSON.stringify([seq, id, at, actor.id, actor.email, action, target, detail])}`)
}

/** The first entry that does not follow from what is before it, or null when all do. `from` is what the first one follows. */
export function chainProblem(
  from: ChainHead,
  entries: readonly (ChainedEntry & { readonly hash: string })[],
): { readonly seq: number; readonly problem: string } | null {
  let { seq, hash } = from
  for (const entry of entries) {
    if (entry.seq !== seq + 1) return { seq: entry.seq, problem: `entry ${entry.seq} follows entry ${seq}` }
    if (entryHash(hash, entry) !== entry.hash)
      return { seq: entry.seq, problem: `entry ${entry.seq} is not the one that was written` }
    seq = entry.seq
    hash = entry.hash
  }
  return null
}

function hex(text: string): string {
  return Array.from(sha256(new TextEncoder().encode(text)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
