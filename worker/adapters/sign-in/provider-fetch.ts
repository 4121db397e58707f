import type { CustomFetchOptions } from 'oauth4webapi'
import type { HttpSender } from '../../ports/http-sender'

const TIMEOUT_MS = 5_000

/** The provider did not answer, or said that it cannot. */
export class ProviderAway extends Error {}

type Options = Pick<CustomFetchOptions<string, unknown>, 'method' | 'headers' | 'body'>

/** `fetch` as the client library wants it, over the one way out: judged, timed, bounded, without following redirects. */
export function createProviderFetch(send: HttpSender) {
  return async (url: string, { method, headers, body }: Options): Promise<Response> => {
    const text = body instanceof URLSearchParams ? body.toString() : null
    const request = { url, method, headers, body: text, timeoutMs: TIMEOUT_MS, followRedirects: false }
    const answer = await send(request)
    if (answer.kind !== 'response') throw new ProviderAway(answer.failure.code)
    if (answer.status >= 500 || answer.status === 429) throw new ProviderAway(`status ${answer.status}`)
    const hasBody = answer.status !== 204 && answer.status !== 304
    return new Response(hasBody ? answer.text : null, { status: answer.status, headers: kept(answer.headers) })
  }
}

/** The body was read and inflated already; cookies mean nothing here, and several of them are no single header. */
function kept(headers: Readonly<Record<string, string>>): Record<string, string> {
  const gone = ['content-length', 'content-encoding', 'transfer-encoding', 'set-cookie']
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !gone.includes(name)))
}
