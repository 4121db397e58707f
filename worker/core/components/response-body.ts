import type { Json } from '../kernel/json'

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
