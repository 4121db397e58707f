import type { ErrorCode } from '#core/contract/errors'
import { parseStrictJson, type JsonProblem } from '#core/kernel/strict-json'
import { AppError } from '../services/app-error'

/** A document of 1,000,000 bytes and what surrounds it. */
export const API_BODY_BYTES_MAX = 1_048_576

const CODES: Readonly<Record<JsonProblem['code'], ErrorCode>> = {
  json_malformed: 'malformed_json',
  json_duplicate_key: 'duplicate_key',
  json_too_deep: 'too_deep',
}

/** The text of a request's body; empty when there is none. Refuses other media types than JSON, compression and more than 1 MiB. */
export async function readText(request: Request): Promise<string> {
  const bytes = request.body === null ? new Uint8Array() : await collect(request, request.body)
  if (bytes.length === 0) return ''
  const coding = request.headers.get('content-encoding')?.trim().toLowerCase() ?? 'identity'
  if (coding !== 'identity') {
    throw new AppError('unsupported_media_type', {
      detail: 'The body is compressed; send it without Content-Encoding.',
    })
  }
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? ''
  if (type !== 'application/json' && !/^application\/[a-z0-9.-]+\+json$/.test(type)) {
    throw new AppError('unsupported_media_type', {
      detail: type === '' ? 'The body has no Content-Type.' : `This call does not understand '${type}'.`,
    })
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes)
  } catch {
    throw new AppError('malformed_json', { detail: 'The body is not valid UTF-8.' })
  }
}

/** The value of a JSON text that writes no key twice and is at most 64 levels deep. */
export function parseBody(text: string): unknown {
  const parsed = parseStrictJson(text)
  if (parsed.ok) return parsed.value
  const { code, path, message } = parsed.error
  throw new AppError(CODES[code], { detail: message, issues: [{ code, severity: 'error', path, message }] })
}

async function collect(request: Request, stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  if (Number(request.headers.get('content-length') ?? 0) > API_BODY_BYTES_MAX) throw tooLarge()
  const chunks: Uint8Array[] = []
  let length = 0
  try {
    for await (const chunk of stream) {
      length += chunk.length
      if (length > API_BODY_BYTES_MAX) throw tooLarge()
      chunks.push(chunk)
    }
  } catch (error) {
    // A caller who breaks off is no fault of ours.
    throw error instanceof AppError ? error : new AppError('body_incomplete')
  }
  const bytes = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.length
  }
  return bytes
}

function tooLarge(): AppError {
  return new AppError('body_too_large', { detail: `A body may have at most ${API_BODY_BYTES_MAX} bytes.` })
}
