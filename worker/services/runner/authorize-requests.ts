import type { HttpAnswer, HttpRequest, OAuthClient } from '#core/components/context'
import { createRedactor } from '#core/engine/redact'
import { encodeBase64 } from '#core/expression/base64'
import { sha256 } from '#core/expression/sha256'
import type { Clock } from '#core/kernel/time'
import type { HttpSender } from '../../ports/http-sender'
import { requestToken, type TokenAnswer } from './request-token'
import type { RunnerDeps } from './runner-deps'
import { FLIGHT_MS_MAX, type TokenCache } from './token-cache'

export type AuthorizeDeps = {
  readonly tokens: TokenCache
  /** Whose tokens: no organization ever gets another's. */
  readonly organizationId: string
  readonly clock: Clock
  readonly sleep: RunnerDeps['sleep']
}

type Held = { readonly kind: 'held'; readonly token: string; readonly durationMs: number }

/** Who asks whom for what; of the secret only its digest. */
function keyOf(organizationId: string, client: OAuthClient): string {
  const secret = encodeBase64(sha256(new TextEncoder().encode(client.clientSecret)))
  return JSON.stringify([organizationId, client.tokenUrl, client.clientId, secret, client.scope, client.audience])
}

/**
 * A sender that gives requests the access token they ask for: fetched under the same rules as any request, once for all who
 * need it at the same time, kept until shortly before it expires, asked for anew once when it is refused with 401. No
 * answer repeats it.
 */
export function authorizeRequests(send: HttpSender, deps: AuthorizeDeps): HttpSender {
  const { tokens, organizationId, clock } = deps

  async function tokenFor(client: OAuthClient, key: string, timeoutMs: number): Promise<TokenAnswer | Held> {
    const known = tokens.get(key, clock())
    if (known !== null) return { kind: 'held', token: known, durationMs: 0 }
    const startedAt = clock()
    // Without a pause where nobody asks, so that one of many is the first.
    const others = othersAnswer(key, timeoutMs)
    const theirs = others === null ? null : await others
    if (theirs !== null) return { ...theirs, durationMs: clock() - startedAt }
    const leftMs = timeoutMs - (clock() - startedAt)
    return leftMs > 0 ? ask(client, key, leftMs) : outOfTime(timeoutMs)
  }

  /** Serves everybody who waits: the end of one execution does not end it. */
  function ask(client: OAuthClient, key: string, timeoutMs: number): Promise<TokenAnswer> {
    const request = requestToken(send, client, timeoutMs, clock).then((answer) => {
      if (answer.kind === 'token') tokens.set(key, answer.token)
      return answer
    })
    tokens.begin(key, clock(), request)
    return request
  }

  /** What somebody else is being told right now; null when nobody asks, or whoever did may be gone. */
  function othersAnswer(key: string, timeoutMs: number): Promise<TokenAnswer | null> | null {
    const request = tokens.underWay(key, clock())
    if (request === null) return null
    const over = new AbortController()
    const patience = deps.sleep(Math.min(timeoutMs, FLIGHT_MS_MAX), over.signal).then(() => null)
    return Promise.race([request, patience]).finally(() => over.abort())
  }

  return async ({ oauth, ...request }, signal) => {
    if (oauth === undefined) return send(request, signal)
    const key = keyOf(organizationId, oauth)
    let spentMs = 0
    for (let refreshed = false; ; refreshed = true) {
      const held = await tokenFor(oauth, key, request.timeoutMs - spentMs)
      spentMs += held.durationMs
      if (held.kind === 'failed') return { ...held, durationMs: spentMs }
      const token = held.kind === 'held' ? held.token : held.token.token
      if (spentMs >= request.timeoutMs) return outOfTime(spentMs)
      const answer = await send(withToken(request, token, request.timeoutMs - spentMs), signal)
      spentMs += answer.durationMs
      if (answer.kind === 'response' && answer.status === 401) {
        tokens.drop(key, token)
        if (!refreshed && spentMs < request.timeoutMs) continue
      }
      return { ...withoutToken(answer, token), durationMs: spentMs }
    }
  }
}

function withToken(request: HttpRequest, token: string, timeoutMs: number): HttpRequest {
  return { ...request, headers: { ...request.headers, Authorization: `Bearer ${token}` }, timeoutMs }
}

function withoutToken(answer: HttpAnswer, token: string): HttpAnswer {
  if (answer.kind === 'failed') return answer
  const redact = createRedactor({ access_token: token })
  return { ...answer, headers: redact(answer.headers) as typeof answer.headers, text: redact(answer.text) as string }
}

function outOfTime(durationMs: number): Extract<HttpAnswer, { kind: 'failed' }> {
  const failure = {
    code: 'http_timeout',
    message: 'The token endpoint took all the time the request has.',
    hint: 'Raise "timeout", or make the service answer faster.',
  }
  return { kind: 'failed', failure, durationMs, retryable: true }
}
