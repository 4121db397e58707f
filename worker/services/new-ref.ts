import { encodeBytes } from '#core/kernel/crockford'
import type { RandomBytes } from '#core/kernel/id'

/** `g`: no jurisdiction was asked for. */
export const JURISDICTION = 'g'

/** The name of a new deployment's objects: a jurisdiction and 60 random bits (architecture 4.1). */
export function newRef(randomBytes: RandomBytes): string {
  return JURISDICTION + encodeBytes(randomBytes(8)).slice(0, 12)
}
