import type { Json, JsonObject } from '../kernel/json'
import { LIMITS } from '../model/limits'
import { isJsonText } from './is-json-text'
import { withLazyField } from './lazy-field'

const JSON_TYPE = /^[^;]*[/+]json\b/i

/** A response's body: parsed when its content type is JSON and it parses, else its text. An empty JSON body is null. */
export function responseBody(text: string, contentType: string | undefined): Json {
  if (contentType === undefined || !JSON_TYPE.test(contentType)) return text
  if (text.trim() === '') return null
  try {
    return JSON.parse(text) as Json
  } catch {
    return text
  }
}

/** An output with a response's body in place of its `body`; a large one in JSON stays text until it is read. */
export function withBody(fields: JsonObject, text: string, contentType: string | undefined): JsonObject {
  const isLarge = text.length > LIMITS.outputInlineBytesMax
  const staysText = isLarge && JSON_TYPE.test(contentType ?? '') && isJsonText(text, LIMITS.jsonDepthMax)
  return staysText ? withLazyField(fields, 'body', text) : { ...fields, body: responseBody(text, contentType) }
}
