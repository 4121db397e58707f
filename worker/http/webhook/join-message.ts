import { Buffer } from 'node:buffer'
import type { Message } from '#core/triggers/schemes/claim'

/** The signed bytes in one piece. A body alone is not copied. */
export function joinMessage(parts: Message): Uint8Array<ArrayBuffer> {
  const [first] = parts
  if (parts.length === 1 && first instanceof Uint8Array && first.buffer instanceof ArrayBuffer) {
    return first as Uint8Array<ArrayBuffer>
  }
  return new Uint8Array(
    Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'utf8') : part))),
  )
}
