import type { EpochMs } from '../kernel/time'
import type { Cause } from './wire'

/** What a line of a journal says of when its work began: events of stages name the start of their attempt. */
type Line = { readonly at?: unknown; readonly startedAt?: unknown }

/** When an execution began work of its own: with the first line behind those it took over. Null = it has not. */
export function beganAt(journal: readonly string[], { kept = 0 }: Pick<Cause, 'kept'>): EpochMs | null {
  const line = journal[kept] ?? ''
  if (line === '') return null
  const { at, startedAt = at } = JSON.parse(line) as Line
  return Number.isSafeInteger(at) && Number.isSafeInteger(startedAt) ? (startedAt as EpochMs) : null
}
