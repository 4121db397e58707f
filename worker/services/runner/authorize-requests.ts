import type { HttpAnswer, HttpRequest, OAuthClient } from '#core/components/context'
import { createRedactor } from '#core/engine/redact'
import { encodeBase64 } from '#core/expression/base64'
import { sha256 } from '#core/expression/sha256'
import type { Clock } from '#core/kernel/time'
import type { HttpSender } from '../../ports/http-sender'
import { requestToken } from './request-token'
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

  async function tokenFor(client: OAuthClient, key: string, timeoutMs: number): Promise<HttpAnswer | Held> {
    const startedAt = clock()
    const elapsed = () => clock() - startedAt
    await othersToken(key, timeoutMs)
    const known = tokens.get(key, clock())
    if (known !== null) return { kind: 'held', token: known, durationMs: elapsed() }
    const leftMs = timeoutMs - elapsed()
    if (leftMs <= 0) return outOfTime(elapsed())
    // It serves everybody who waits: the end of one execution does not end it.
    const request = requestToken(send, client, leftMs, clock)
    tokens.begin(key, clock(), request)
    const answer = await request
    if (answer.kind === 'failed') return answer
    tokens.set(key, answer.token)
    return { kind: 'held', token: answer.token.token, durationMs: elapsed() }
  }

  async function othersToken(key: string, timeoutMs: number): Promise<void> {
    const request = tokens.get(key, clock()) === null ? tokens.underWay(key, clock()) : null
    if (request === null) return
    const over = new AbortController()
    await Promise.race([request.catch(() => null), deps.sleep(Math.min(timeoutMs, FLIGHT_MS_MAX), over.signal)])
    over.abort()
  }

  return async ({ oauth, ...request }, signal) => {
    if (oauth === undefined) return send(request, signal)
    const key = keyOf(organizationId, oauth)
    let spentMs = 0
    for (let refreshed = false; ; refreshed = true) {
      const held = await tokenFor(oauth, key, request.timeoutMs - spentMs)
      spentMs += held.durationMs
      if (held.kind !== 'held') return { ...held, durationMs: spentMs }
      if (spentMs >= request.timeoutMs) return outOfTime(spentMs)
      const answer = await send(withToken(request, held.token, request.timeoutMs - spentMs), signal)
      spentMs += answer.durationMs
      if (answer.kind === 'response' && answer.status === 401) {
        tokens.drop(key, held.token)
        if (!refreshed && spentMs < request.timeoutMs) continue
      }
      return { ...withoutToken(answer, held.token), durationMs: spentMs }
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

function outOfTime(durationMs: number): HttpAnswer {
  const failure = {
    code: 'http_timeout',
    message: 'The token endpoint took all the time the request has.',
    hint: 'Raise "timeout", or make the service answer faster.',
  }
  return { kind: 'failed', failure, durationMs, retryable: true }
}
