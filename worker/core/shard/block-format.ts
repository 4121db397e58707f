import { invariant } from '../kernel/assert'
import { BLOCK_SIZE } from './blocks'

/** A block starts with 64 entries of 16 hex digits (offset, length in bytes), so one execution is two small range reads. */
export const HEADER_BYTES = BLOCK_SIZE * 16

/** The head of a block whose bodies have these byte lengths, in slots by `seq mod 64`; 0 = not in this block. */
export function formatHeader(lengths: readonly number[]): string {
  invariant(lengths.length === BLOCK_SIZE, 'a block has 64 slots')
  let offset = HEADER_BYTES
  return lengths
    .map((length) => {
      const entry = hex(length === 0 ? 0 : offset) + hex(length)
      offset += length
      return entry
    })
    .join('')
}

/** Where a slot's body lies, or null when the block does not hold it. */
export function readSlot(header: string, slot: number): { offset: number; length: number } | null {
  const entry = header.slice(slot * 16, slot * 16 + 16)
  const length = Number.parseInt(entry.slice(8), 16)
  return length > 0 ? { offset: Number.parseInt(entry.slice(0, 8), 16), length } : null
}

function hex(value: number): string {
  return value.toString(16).padStart(8, '0')
}
