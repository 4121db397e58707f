import * as z from 'zod'
import { decodeBase64 } from '../expression/base64'
import { sha256 } from '../expression/sha256'
import { isJsonObject, type Json, type JsonObject } from '../kernel/json'
import type { EncodedBody } from './request-body'

const FileField = z.union([
  z.strictObject({ filename: z.string(), content_type: z.string().optional(), text: z.string() }),
  z.strictObject({ filename: z.string(), content_type: z.string().optional(), base64: z.string() }),
])

type Part = { readonly head: string; readonly content: string | Uint8Array }

const encoder = new TextEncoder()

/** As browsers write names in a part's head (HTML, "multipart/form-data encoding algorithm"). */
const quoted = (name: string) => `"${name.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A')}"`

function filePart(name: string, value: JsonObject): Part | null {
  const file = FileField.safeParse(value)
  if (!file.success) return null
  const { filename, content_type: type = 'application/octet-stream' } = file.data
  const content = 'text' in file.data ? file.data.text : decodeBase64(file.data.base64.replaceAll(/\s/g, ''))
  if (content === null || /[\r\n]/.test(type)) return null
  const head = `Content-Disposition: form-data; name=${quoted(name)}; filename=${quoted(filename)}\r\nContent-Type: ${type}`
  return { head, content }
}

function partsOf(name: string, value: Json): readonly (Part | null)[] {
  if (value === null) return []
  if (Array.isArray(value)) return (value as readonly Json[]).flatMap((item) => partsOf(name, item))
  if (isJsonObject(value) && Object.hasOwn(value, 'filename')) return [filePart(name, value)]
  const content = typeof value === 'object' ? JSON.stringify(value) : String(value)
  return [{ head: `Content-Disposition: form-data; name=${quoted(name)}`, content }]
}

/** A line that none of the parts holds; the same for the same seed and parts. */
function boundaryFor(parts: readonly Part[], seed: string): string {
  const texts = parts.map(({ content }) => (typeof content === 'string' ? content : new TextDecoder().decode(content)))
  for (let n = 0; ; n++) {
    const digest = sha256(encoder.encode(`${seed}:${n}`))
    const boundary = `millrace-${Array.from(digest.slice(0, 12), (byte) => byte.toString(16).padStart(2, '0')).join('')}`
    if (!texts.some((text) => text.includes(boundary))) return boundary
  }
}

function join(pieces: readonly (string | Uint8Array)[]): Uint8Array {
  const encoded = pieces.map((piece) => (typeof piece === 'string' ? encoder.encode(piece) : piece))
  const bytes = new Uint8Array(encoded.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const piece of encoded) {
    bytes.set(piece, at)
    at += piece.length
  }
  return bytes
}

/**
 * The fields of a form as multipart/form-data: a list repeats its name, null is left out, an object with a `filename` is
 * a file, any other object goes as JSON. Null when a file is not one.
 */
export function encodeMultipart(fields: JsonObject, seed: string): EncodedBody | null {
  const made = Object.entries(fields).flatMap(([name, value]) => partsOf(name, value))
  const parts = made.filter((part) => part !== null)
  if (parts.length < made.length) return null
  const boundary = boundaryFor(parts, seed)
  const pieces = [
    ...parts.flatMap(({ head, content }) => [`--${boundary}\r\n${head}\r\n\r\n`, content, '\r\n']),
    `--${boundary}--\r\n`,
  ]
  const isText = pieces.every((piece) => typeof piece === 'string')
  return {
    content: isText ? pieces.join('') : join(pieces),
    contentType: `multipart/form-data; boundary=${boundary}`,
  }
}
