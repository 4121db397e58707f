import * as z from 'zod'
import { decodeBase64 } from '../expression/base64'
import { isJsonObject, type Json, type JsonObject } from '../kernel/json'
import { err, ok, type Result } from '../kernel/result'
import type { Failure } from '../model/failure'
import type { Templating } from './define-component'
import { encodeMultipart } from './multipart-body'

export const BODY_TYPES = ['json', 'form', 'multipart', 'text', 'binary'] as const
export type BodyType = (typeof BODY_TYPES)[number]

/** A body as it is sent, with the content type it gets when the request names none. */
export type EncodedBody = { readonly content: string | Uint8Array; readonly contentType: string }

const FORM = 'application/x-www-form-urlencoded'
const TEXT = 'text/plain;charset=UTF-8'

/** The `body_type` field. */
export function bodyTypeField(t: Templating) {
  return t(
    z.enum(BODY_TYPES).meta({
      title: 'Body type',
      description: 'How the body is encoded; unless it is written, text goes out as it is and anything else as JSON.',
    }),
  ).optional()
}

function pair(name: string, value: Json): string {
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
  return `${encodeURIComponent(name)}=${encodeURIComponent(text)}`
}

/** `name=value` pairs joined by `&`: a list repeats its name, null is left out. */
export function encodePairs(fields: JsonObject): string {
  return Object.entries(fields)
    .flatMap(([name, value]) =>
      Array.isArray(value) ? value.map((item: Json) => pair(name, item)) : value === null ? [] : [pair(name, value)],
    )
    .join('&')
}

function misfit(type: BodyType, needs: string): Result<never, Failure> {
  const message = `A body of type ${type} must be ${needs}.`
  return err({ code: 'body_invalid', message, hint: 'Correct body, or choose another body_type.' })
}

/**
 * Without a type, text goes out as written; anything else as JSON, whatever JSON-like type is named (S146), or as a form
 * when that is named.
 */
function encodeUntyped(body: Json, contentType: string | undefined): EncodedBody {
  if (typeof body === 'string') return { content: body, contentType: TEXT }
  if (contentType?.toLowerCase().startsWith(FORM) && isJsonObject(body))
    return { content: encodePairs(body), contentType: FORM }
  return { content: JSON.stringify(body), contentType: 'application/json' }
}

/**
 * Encodes a body. `seed` is the same for every attempt of a stage, so that each sends the same bytes (I5).
 * Failures: `body_invalid`.
 */
export function encodeBody(
  body: Json,
  type: BodyType | undefined,
  contentType: string | undefined,
  seed: string,
): Result<EncodedBody, Failure> {
  switch (type) {
    case undefined:
      return ok(encodeUntyped(body, contentType))
    case 'json':
      return ok({ content: JSON.stringify(body), contentType: 'application/json' })
    case 'text':
      return ok({ content: typeof body === 'string' ? body : JSON.stringify(body), contentType: TEXT })
    case 'form':
      if (typeof body === 'string') return ok({ content: body, contentType: FORM })
      return isJsonObject(body) ? ok({ content: encodePairs(body), contentType: FORM }) : misfit(type, 'an object')
    case 'binary': {
      const bytes = typeof body === 'string' ? decodeBase64(body.replaceAll(/\s/g, '')) : null
      return bytes === null
        ? misfit(type, 'text in base64')
        : ok({ content: bytes, contentType: 'application/octet-stream' })
    }
    case 'multipart': {
      const encoded = isJsonObject(body) ? encodeMultipart(body, seed) : null
      return encoded === null
        ? misfit(
            type,
            'an object of fields; a file is {filename, content_type, base64} or {filename, content_type, text}',
          )
        : ok(encoded)
    }
  }
}
