import type { Doorbells } from './breakable-platform'

const byRef = new Map<string, Doorbells>()

/** The doorbells of a deployment that were sent and not yet delivered. */
export function doorbellsOf(ref: string): Doorbells {
  const known = byRef.get(ref)
  if (known !== undefined) return known
  const made = { rung: 0 }
  byRef.set(ref, made)
  return made
}
