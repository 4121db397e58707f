import { type EgressPolicy, judgeUrl, portOf } from './egress-policy'
import { judgeName } from './judge-name'
import { NetFailure } from './net-failure'
import { dropBodyHeaders, dropCredentials } from './request-headers'

export type Fetch = (url: URL, init: RequestInit) => Promise<Response>

export type Outgoing = {
  readonly url: URL
  readonly method: string
  readonly headers: Headers
  readonly body: string | Uint8Array | null
  readonly signal: AbortSignal
  readonly staysOnHost: boolean
  readonly followRedirects: boolean
}

const HOPS_MAX = 5

/** Dispatches a request and follows at most five redirects, each judged like the first. Throws NetFailure on a refusal. */
export async function follow(send: Fetch, policy: EgressPolicy, request: Outgoing): Promise<Response> {
  let { url, method, body } = request
  const headers = new Headers(request.headers)
  for (let hop = 0; ; hop++) {
    const verdict = judgeUrl(url, policy)
    if (!verdict.allowed) {
      throw new NetFailure('egress_denied', hop === 0 ? verdict.reason : `A redirect was refused. ${verdict.reason}`)
    }
    if (!verdict.vouched) await judgeName(url.hostname, policy, request.signal)
    // The execution may have ended while the name was looked up.
    request.signal.throwIfAborted()
    if (verdict.forwardedHost === null) headers.delete('x-forwarded-host')
    else headers.set('x-forwarded-host', verdict.forwardedHost)
    const init = { method, headers, body: body as BodyInit | null, signal: request.signal, redirect: 'manual' } as const
    const response = await send(verdict.target, init)
    const location = redirectOf(response)
    if (location === null || !request.followRedirects) return response
    await response.body?.cancel()
    if (hop === HOPS_MAX) throw new NetFailure('http_too_many_redirects', `More than ${HOPS_MAX} redirects.`)
    const next = resolve(location, url)
    if (url.protocol === 'https:' && next.protocol === 'http:') {
      throw new NetFailure('egress_denied', 'A redirect from https to http was refused.')
    }
    if (request.staysOnHost && next.hostname !== request.url.hostname) {
      throw new NetFailure('egress_denied', 'A redirect would take a secret to a host it is not meant for.')
    }
    if (originOf(next) !== originOf(url)) dropCredentials(headers)
    if (becomesGet(response.status, method)) {
      method = 'GET'
      body = null
      dropBodyHeaders(headers)
    }
    url = next
  }
}

/** Fetch standard, HTTP-redirect fetch, step 12. */
function becomesGet(status: number, method: string): boolean {
  if (status === 303) return method !== 'GET' && method !== 'HEAD'
  return status < 307 && method === 'POST'
}

function redirectOf(response: Response): string | null {
  const isRedirect = [301, 302, 303, 307, 308].includes(response.status)
  return isRedirect ? response.headers.get('location') : null
}

function resolve(location: string, base: URL): URL {
  if (!URL.canParse(location, base.href))
    throw new NetFailure('egress_denied', 'A redirect led to something that is no URL.')
  return new URL(location, base)
}

function originOf(url: URL): string {
  return `${url.protocol}//${url.hostname.toLowerCase()}:${portOf(url)}`
}
