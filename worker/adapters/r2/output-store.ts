import { utf8Length } from '#core/kernel/utf8-length'
import { LIMITS } from '#core/model/limits'
import type { OutputStore } from '../../ports/output-store'

const PIECE_CHARS = 65_536
const BYTES_PER_CHAR_MAX = 3

/** Large stage outputs in R2. */
export function createOutputStore(bucket: R2Bucket): OutputStore {
  return {
    async put(key, json) {
      const chars = json.reduce((sum, part) => sum + part.length, 0)
      if (chars <= LIMITS.outputInlineBytesMax) await bucket.put(key, json.join(''))
      else await stream(bucket, key, json)
    },
    async get(key) {
      const object = await bucket.get(key)
      return object === null ? null : object.text()
    },
  }
}

/** Piece by piece: encoded as a whole, a text would be held once more. */
async function stream(bucket: R2Bucket, key: string, parts: readonly string[]): Promise<void> {
  const { readable, writable } = new FixedLengthStream(parts.reduce((sum, part) => sum + utf8Length(part), 0))
  await Promise.all([bucket.put(key, readable), write(writable, parts)])
}

async function write(writable: WritableStream<Uint8Array>, parts: readonly string[]): Promise<void> {
  const writer = writable.getWriter()
  const encoder = new TextEncoder()
  const buffer = new Uint8Array((PIECE_CHARS + 1) * BYTES_PER_CHAR_MAX)
  for (const text of parts) {
    for (let at = 0; at < text.length;) {
      const end = endOfPiece(text, at + PIECE_CHARS)
      const { written } = encoder.encodeInto(text.slice(at, end), buffer)
      await writer.write(buffer.subarray(0, written))
      at = end
    }
  }
  await writer.close()
}

/** Never between the halves of a surrogate pair. */
function endOfPiece(text: string, end: number): number {
  const isSplit = (text.charCodeAt(end - 1) & 0xfc00) === 0xd800 && (text.charCodeAt(end) & 0xfc00) === 0xdc00
  return isSplit ? end + 1 : end
}
