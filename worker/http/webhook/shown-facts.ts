import type { Json } from '#core/kernel/json'
import { setOwn } from '#core/kernel/set-own'
import type { Delivery } from '#core/model/delivery'
import type { HeaderLines } from './request-context'

/** Of the connection, or the sender's address. */
const LEFT_OUT =
  /^(?:host|connection|keep-alive|te|transfer-encoding|accept-encoding|forwarded|true-client-ip|x-real-ip|x-client-ip|x-cluster-client-ip|x-forwarded-.*|cf-.*|cdn-loop|sec-.*|mf-.*)$/
/** Whatever such a header holds may prove who called, here or elsewhere. */
const HIDDEN =
  /token|secret|sign|hmac|digest|passw|credential|session|key|auth|cookie|csrf|xsrf|jwt|bearer|referer|^proxy-/
/** The headers whose values are shown where nobody can tell what the secrets of the webhook are. */
const HARMLESS: readonly string[] = ['accept', 'content-encoding', 'content-length', 'content-type', 'user-agent']

const REDACTED = '[redacted]'
const LINES_MAX = 64
const NAME_CHARS_MAX = 100
const VALUE_CHARS_MAX = 300
const HEADER_CHARS_MAX = 4_000
const QUERY_NAMES_MAX = 50
const QUERY_NAME = /^[\w.:$[\]-]{1,40}$/

/** What is known of the webhook's credentials. */
export type Hiding = {
  /** Masks the secrets of the webhook and its own address. */
  readonly redact: (json: Json) => Json
  /** Lower-case name of the header that carries the credential. */
  readonly credentialHeader: string | null
  /** False: its secrets are not known, so they may be anywhere. */
  readonly knowsSecrets: boolean
}

/** What of a call may be kept for its owner to read: harmless headers, the names of the others, and the names in the query. */
export function shownFacts(lines: HeaderLines, query: string, hiding: Hiding): Pick<Delivery, 'headers' | 'query'> {
  return { headers: shownHeaders(lines, hiding), query: shownNames(query, hiding) }
}

function shownHeaders(lines: HeaderLines, hiding: Hiding): Record<string, string> {
  const headers: Record<string, string> = {}
  let chars = 0
  for (const [name, value] of lines.filter(([field]) => !LEFT_OUT.test(field)).slice(0, LINES_MAX)) {
    const key = cut(masked(name, hiding), NAME_CHARS_MAX)
    const shown = isHidden(name, hiding) ? REDACTED : cut(masked(value, hiding), VALUE_CHARS_MAX)
    chars += key.length + shown.length
    if (chars > HEADER_CHARS_MAX) break
    setOwn(headers, key, shown)
  }
  return headers
}

function isHidden(name: string, { credentialHeader, knowsSecrets }: Hiding): boolean {
  return name === credentialHeader || HIDDEN.test(name) || !(knowsSecrets || HARMLESS.includes(name))
}

function shownNames(query: string, hiding: Hiding): readonly string[] {
  const names = new Set(new URLSearchParams(query).keys())
  return [...names].slice(0, QUERY_NAMES_MAX).map((name) => {
    const shown = masked(name, hiding)
    return shown === name && QUERY_NAME.test(name) ? name : REDACTED
  })
}

/** Masked before it is cut: half a secret would not be found. */
function masked(text: string, { redact }: Hiding): string {
  const shown = redact(text)
  return typeof shown === 'string' ? shown : REDACTED
}

function cut(text: string, charsMax: number): string {
  return text.length <= charsMax ? text : `${text.slice(0, charsMax - 1)}…`
}
