import { problemResponse } from './problem'
import { refusalResponse } from './webhook/refusal'

export type FrontDoorDeps = {
  readonly environmentName: string
  /** Origin people use; empty = whatever a request says. */
  readonly publicUrl: string
  /** Origin webhooks are called at; empty = the same one. */
  readonly hooksUrl: string
  readonly requestId: () => string
}

/** Answers what may not go any further, or null: plain http outside development, and hosts that are not for this path. */
export type FrontDoor = (request: Request, url: URL) => Response | null

const HOOK = /^\/webhook(?:\/|$)/
/** Callers that bring credentials or documents, and do not follow redirects with them. */
const MACHINES = /^\/(?:v1|webhook|signal)(?:\/|$)/

/**
 * Judges where and how a request comes in, before anybody looks at what it wants. With a host of their own, webhooks are
 * answered there and nothing else is: what a workflow answers never shares an origin with the dashboard.
 */
export function createFrontDoor({ environmentName, publicUrl, hooksUrl, requestId }: FrontDoorDeps): FrontDoor {
  const hooksHost = hostOf(hooksUrl)
  const isApart = hooksHost !== null && hooksHost !== hostOf(publicUrl)
  return (request, url) => {
    if (url.protocol === 'http:' && environmentName !== 'development') return plainHttp(request, url, requestId())
    if (!isApart) return null
    const isHook = HOOK.test(url.pathname)
    if (isHook === (url.host === hooksHost)) return null
    return isHook
      ? refusalResponse({ code: 'webhook_unknown' }, requestId())
      : problemResponse('route_unknown', { requestId: requestId(), detail: 'Only webhooks are answered here.' })
  }
}

/** A browser that looks for a page is shown the way; whoever sent a credential in the clear is told, not led on. */
function plainHttp(request: Request, url: URL, requestId: string): Response {
  const mayFollow = request.method === 'GET' || request.method === 'HEAD'
  if (!mayFollow || MACHINES.test(url.pathname) || request.headers.has('authorization'))
    return problemResponse('https_required', { requestId })
  const secure = new URL(url)
  secure.protocol = 'https:'
  return new Response(null, { status: 308, headers: { location: secure.href, 'cache-control': 'no-store' } })
}

function hostOf(origin: string): string | null {
  return origin === '' ? null : new URL(origin).host
}
