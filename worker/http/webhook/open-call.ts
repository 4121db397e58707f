import type { Clock } from '#core/kernel/time'
import type { WebhookAddress } from '#core/release/webhook-token'
import { tokenIn } from './address-book'
import type { OpenEndpoint } from './endpoints'
import type { AnsweredCall, Verdict } from './seen-call'

/** One call on its way in. `endpoint` is what the latest config said, for the answer's headers. */
export type Call = AnsweredCall & {
  readonly request: Request
  bytes: number | null
  endpoint: OpenEndpoint | null
  /** What came of it; null for what is no call of anybody's webhook. */
  verdict: Verdict | null
}

/** Null for a call to an address nobody was given: it belongs to nobody, and nobody hears of it. */
export async function openCall(
  request: Request,
  addressOf: (path: string) => Promise<WebhookAddress | null>,
  clock: Clock,
): Promise<Call | null> {
  const { pathname } = new URL(request.url)
  const address = await addressOf(pathname)
  if (address === null) return null
  return {
    request,
    address,
    method: request.method,
    token: tokenIn(pathname),
    headers: [...request.headers],
    query: queryOf(request.url),
    at: clock(),
    bytes: null,
    endpoint: null,
    verdict: null,
  }
}

/** Everything after the question mark, still encoded. */
function queryOf(url: string): string {
  const start = url.indexOf('?')
  return start < 0 ? '' : url.slice(start + 1)
}
