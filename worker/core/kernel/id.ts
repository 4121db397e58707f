import { encodeBytes, encodeInteger } from './crockford'
import type { EpochMs } from './time'

export const ID_PREFIXES = [
  'org',
  'user',
  'env',
  'workflow',
  'version',
  'key',
  'sec',
  'hook',
  'req',
  'sess',
  'sched',
  'inv',
  'proj',
  'ident',
] as const
export type IdPrefix = (typeof ID_PREFIXES)[number]

/** Fills a fresh array with `length` random bytes; a port, because the core has no chance of its own. */
export type RandomBytes = (length: number) => Uint8Array

/** A prefixed, time-sortable id: 9 characters of time, then 80 random bits. */
export function newId(prefix: IdPrefix, at: EpochMs, randomBytes: RandomBytes): string {
  return `${prefix}_${encodeInteger(at, 9)}${encodeBytes(randomBytes(10))}`
}
