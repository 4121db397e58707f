import { err, ok, type Result } from '#core/kernel/result'
import type { Refusal } from './refusal'

type Bytes = Uint8Array<ArrayBuffer>

/**
 * The bytes as they came over the wire, or 413 once more than `bytesMax` have been seen. A declared length only saves work:
 * what counts is what arrives. A sender who breaks off is no fault of ours.
 */
export async function readBody(request: Request, bytesMax: number): Promise<Result<Bytes, Refusal>> {
  if (request.body === null) return ok(new Uint8Array())
  try {
    return await readAll(request, request.body, bytesMax)
  } catch {
    return err({ code: 'body_incomplete' })
  }
}

async function readAll(
  request: Request,
  body: ReadableStream<Uint8Array>,
  bytesMax: number,
): Promise<Result<Bytes, Refusal>> {
  const declared = request.headers.get('content-length')
  if (declared !== null && /^\d{1,15}$/.test(declared)) {
    if (Number(declared) > bytesMax) return tooLarge(bytesMax)
    const bytes = new Uint8Array(await request.arrayBuffer())
    return bytes.length > bytesMax ? tooLarge(bytesMax) : ok(bytes)
  }
  return collect(body, bytesMax)
}

/** Undoes `Content-Encoding`, after the signature was checked. Stops at the same limit, so that a bomb stays small. */
export async function inflate(
  bytes: Bytes,
  encoding: string | null,
  bytesMax: number,
): Promise<Result<Bytes, Refusal>> {
  const name = encoding?.trim().toLowerCase() ?? ''
  if (name === '' || name === 'identity') return ok(bytes)
  if (name !== 'gzip' && name !== 'deflate') {
    return err({
      code: 'unsupported_media_type',
      details: { detail: 'Content-Encoding must be gzip, deflate or absent.' },
    })
  }
  try {
    return await collect(new Blob([bytes]).stream().pipeThrough(new DecompressionStream(name)), bytesMax)
  } catch {
    return err({ code: 'malformed_json', details: { detail: `The body is not valid ${name}.` } })
  }
}

async function collect(stream: ReadableStream<Uint8Array>, bytesMax: number): Promise<Result<Bytes, Refusal>> {
  const reader = stream.getReader()
  const chunks: Uint8Array[] = []
  let length = 0
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    length += read.value.length
    if (length > bytesMax) {
      await reader.cancel().catch(() => undefined)
      return tooLarge(bytesMax)
    }
    chunks.push(read.value)
  }
  const bytes = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.length
  }
  return ok(bytes)
}

function tooLarge(bytesMax: number): Result<never, Refusal> {
  return err({ code: 'body_too_large', details: { detail: `A body here may have at most ${bytesMax} bytes.` } })
}
