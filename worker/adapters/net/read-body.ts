import { LIMITS } from '#core/model/limits'
import { NetFailure } from './net-failure'

/** A response's body: its text, or base64 of what is no text. */
export type ReadBody = { readonly text: string; readonly binary: boolean }

const TEXT =
  /^(?:text\/|message\/|[^;]*(?:[/+](?:json|xml|yaml)\b)|application\/(?:[\w.-]*(?:json|javascript|ecmascript|yaml|graphql|sql|toml|x-www-form-urlencoded|x-sh)\b))/i
const BINARY =
  /^(?:image\/(?!svg)|audio\/|video\/|font\/|application\/(?:octet-stream|pdf|zip|gzip|zstd|wasm|x-tar|x-7z|x-bzip|x-gzip|x-protobuf|vnd\.(?:ms-|openxmlformats-|rar|sqlite3))|model\/)/i
/** A multiple of three: base64 of the pieces is the base64 of the whole. */
const PIECE_BYTES = 49_152

/** How much may be read, and whose turn it is when a body is large: it is given the bytes that may come. */
export type Reading = {
  readonly bytesMax?: number
  readonly turn?: (bytes: number) => Promise<() => void>
}

/**
 * Reads a body to its end, holding it once. Text by its content type, in the charset it names (UTF-8 otherwise); other types
 * are text when they are valid UTF-8. Throws NetFailure beyond `bytesMax`, after inflating.
 */
export async function readBody(response: Response, reading: Reading = {}): Promise<ReadBody> {
  if (response.body === null) return { text: '', binary: false }
  const type = response.headers.get('content-type') ?? ''
  const charset = /charset="?([a-z0-9_:-]+)/i.exec(type)?.[1]
  const chunks = chunksOf(response.body, { ...reading, expected: announced(response.headers) })
  if (charset !== undefined || TEXT.test(type))
    return { text: await readText(chunks, decoderOf(charset)), binary: false }
  const pieces = await readPieces(chunks)
  const text = BINARY.test(type) ? null : strictText(pieces)
  return text === null ? { text: base64Of(pieces), binary: true } : { text, binary: false }
}

/** The bytes that will come, as far as the sender says; what is compressed will be more. */
function announced(headers: Headers): number {
  const length = headers.get('content-length')
  return length === null || headers.has('content-encoding') ? Infinity : Number(length)
}

/** The chunks of a body, counted as they come. A large one is read on when it is its turn. */
async function* chunksOf(
  body: ReadableStream<Uint8Array>,
  { bytesMax = LIMITS.outputBytesMax, turn, expected }: Reading & { readonly expected: number },
): AsyncGenerator<Uint8Array> {
  const reader = body.getReader()
  let bytes = 0
  let leave: (() => void) | undefined
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      bytes += read.value.length
      if (bytes > bytesMax) {
        await reader.cancel().catch(() => undefined)
        throw new NetFailure('response_too_large', `The response is larger than ${bytesMax} bytes.`)
      }
      yield read.value
      if (bytes > LIMITS.outputInlineBytesMax) leave ??= await turn?.(Math.min(expected, bytesMax))
    }
  } finally {
    leave?.()
  }
}

async function readText(chunks: AsyncIterable<Uint8Array>, decoder: TextDecoder): Promise<string> {
  let text = ''
  for await (const chunk of chunks) text += decoder.decode(chunk, { stream: true })
  return text + decoder.decode()
}

/** The bytes of a body in pieces of the same size, the last one aside. */
async function readPieces(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const pieces: Uint8Array[] = []
  let piece = new Uint8Array(PIECE_BYTES)
  let filled = 0
  for await (let chunk of chunks) {
    while (chunk.length > 0) {
      const part = chunk.subarray(0, PIECE_BYTES - filled)
      piece.set(part, filled)
      filled += part.length
      chunk = chunk.subarray(part.length)
      if (filled < PIECE_BYTES) continue
      pieces.push(piece)
      piece = new Uint8Array(PIECE_BYTES)
      filled = 0
    }
  }
  return filled === 0 ? pieces : [...pieces, piece.subarray(0, filled)]
}

/** The text of bytes that are UTF-8 without NUL; null otherwise. */
function strictText(pieces: readonly Uint8Array[]): string | null {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })
  let text = ''
  try {
    for (const piece of pieces) text += decoder.decode(piece, { stream: true })
    text += decoder.decode()
  } catch {
    return null
  }
  return text.includes('\0') ? null : text
}

/** Lets go of each piece once it is text. */
function base64Of(pieces: Uint8Array[]): string {
  let text = ''
  for (let piece = pieces.shift(); piece !== undefined; piece = pieces.shift()) {
    let binary = ''
    for (let at = 0; at < piece.length; at += 8_192) binary += String.fromCharCode(...piece.subarray(at, at + 8_192))
    text += btoa(binary)
  }
  return text
}

function decoderOf(charset = 'utf-8'): TextDecoder {
  try {
    return new TextDecoder(charset)
  } catch {
    return new TextDecoder()
  }
}
