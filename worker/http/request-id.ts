import { newId, type RandomBytes } from '#core/kernel/id'
import type { Clock } from '#core/kernel/time'

/** A fresh id for one request: named in its answer, in problems and in logs. */
export function newRequestId(deps: { readonly clock: Clock; readonly randomBytes: RandomBytes }): string {
  return newId('req', deps.clock(), deps.randomBytes)
}
