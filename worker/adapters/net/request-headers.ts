import { HOPS_HEADER } from '#core/model/hops'

/** Belong to one connection or to the platform; a stage cannot set them. */
const DROPPED =
  /^(?:host|connection|keep-alive|te|trailer|transfer-encoding|upgrade|expect|content-length|via|forwarded|cdn-loop|true-client-ip|x-real-ip|proxy-.*|cf-.*|x-forwarded-.*)$/

/** All that may follow a redirect to another origin: nothing that could carry a credential. */
const KEPT_ACROSS_ORIGINS = new Set([
  'accept',
  'accept-language',
  'content-type',
  'user-agent',
  'idempotency-key',
  HOPS_HEADER,
])

type Fields = Readonly<Record<string, string>>

/** The headers a stage asked for, without those it cannot set. Throws TypeError when a name or value is not valid. */
export function outgoingHeaders(asked: Fields): Headers {
  const headers = new Headers({ 'user-agent': 'Millrace' })
  for (const [name, value] of Object.entries(asked)) if (!DROPPED.test(name.toLowerCase())) headers.set(name, value)
  return headers
}

/** Forgets credentials when a redirect leaves the origin they were meant for. */
export function dropCredentials(headers: Headers): void {
  dropWhere(headers, (name) => !KEPT_ACROSS_ORIGINS.has(name))
}

/** Forgets what described a body that is no longer sent. */
export function dropBodyHeaders(headers: Headers): void {
  dropWhere(headers, (name) => name.startsWith('content-'))
}

function dropWhere(headers: Headers, isDoomed: (name: string) => boolean): void {
  const doomed = [...headers.keys()].filter(isDoomed)
  for (const name of doomed) headers.delete(name)
}
