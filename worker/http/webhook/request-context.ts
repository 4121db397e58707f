import type { Json } from '#core/kernel/json'
import { setOwn } from '#core/kernel/set-own'
import type { RequestContext } from '#core/shard/wire'
import { fieldsOf } from './decode-input'

const HIDDEN_NAMES =
  /^(?:authorization|proxy-.*|cookie|host|connection|keep-alive|transfer-encoding|content-length|accept-encoding|idempotency-key|true-client-ip|x-real-ip|x-forwarded-.*|cf-.*|cdn-loop|sec-.*|mf-.*)$/
const HIDDEN_WORDS = /token|secret|signature|hmac|password|credential|session|api-?key|auth/

/** A call's header lines, read once: names are lower-case, repeated lines already joined. */
export type HeaderLines = readonly (readonly [name: string, value: string])[]

/** Method, query and the harmless headers of a call; `ownHeader` is where the endpoint expects its credential. */
export function requestContext(
  method: string,
  lines: HeaderLines,
  query: string,
  ownHeader: string | null,
): RequestContext {
  const headers: Record<string, Json> = {}
  for (const [name, value] of lines) {
    if (name !== ownHeader && !HIDDEN_NAMES.test(name) && !HIDDEN_WORDS.test(name)) setOwn(headers, name, value)
  }
  return { method, headers, query: query === '' ? {} : fieldsOf(query) }
}

/** Bytes of all header lines together. */
export function headerBytes(lines: HeaderLines): number {
  let bytes = 0
  for (const [name, value] of lines) bytes += name.length + value.length + 4
  return bytes
}
