import { decodeInteger, encodeInteger } from '../kernel/crockford'
import type { EpochMs } from '../kernel/time'

/** Where an execution lives, readable from its id without a lookup (architecture 4.1). */
export type ExecutionAddress = {
  readonly acceptedAt: EpochMs
  readonly ref: string
  readonly shard: number
  readonly seq: number
}

const PATTERN = /^exec_([0-9a-hjkmnp-tv-z]{9})([0-9a-hjkmnp-tv-z]{13})([0-9a-hjkmnp-tv-z]{2})([0-9a-hjkmnp-tv-z]{7})$/

/** `exec_<acceptedAt 9><ref 13><shard 2><seq 7>`, time-sortable. */
export function formatExecutionId(address: ExecutionAddress): string {
  const { acceptedAt, ref, shard, seq } = address
  return `exec_${encodeInteger(acceptedAt, 9)}${ref}${encodeInteger(shard, 2)}${encodeInteger(seq, 7)}`
}

/** The address inside an execution id, or null when the text is not one. */
export function parseExecutionId(id: string): ExecutionAddress | null {
  const match = PATTERN.exec(id)
  if (match === null) return null
  const [, at = '', ref = '', shard = '', seq = ''] = match
  return {
    acceptedAt: decodeInteger(at) ?? 0,
    ref,
    shard: decodeInteger(shard) ?? 0,
    seq: decodeInteger(seq) ?? 0,
  }
}

/** The shard an execution lives on, which its id names. */
export function shardOf(id: string): number {
  return parseExecutionId(id)?.shard ?? 0
}
