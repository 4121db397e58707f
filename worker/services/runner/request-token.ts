import * as z from 'zod'
import type { HttpAnswer, HttpRequest, OAuthClient } from '#core/components/context'
import { encodePairs } from '#core/components/request-body'
import { encodeBase64 } from '#core/expression/base64'
import type { EpochMs } from '#core/kernel/time'
import type { HttpSender } from '../../ports/http-sender'
import type { AccessToken } from './token-cache'

type Refusal = Extract<HttpAnswer, { kind: 'failed' }>

/** A token, or why there is none; `durationMs` either way. */
export type TokenAnswer = Refusal | { readonly kind: 'token'; readonly token: AccessToken; readonly durationMs: number }

const Granted = z.object({
  access_token: z.string().min(1),
  token_type: z.string().optional(),
  expires_in: z.coerce.number().positive().optional().catch(undefined),
})
const Refused = z.object({ error: z.string().max(200) })

/** What an issuer that names no life span is trusted for. */
const LIFE_SECONDS_DEFAULT = 300
const MARGIN_SECONDS_MAX = 60

/** RFC 6749 2.3.1: both halves of the Basic credential are form-encoded first. */
function basic({ clientId, clientSecret }: OAuthClient): string {
  const pair = [clientId, clientSecret].map((part) => encodeURIComponent(part).replaceAll('%20', '+')).join(':')
  return `Basic ${encodeBase64(new TextEncoder().encode(pair))}`
}

function tokenRequest(client: OAuthClient, timeoutMs: number): HttpRequest {
  const { tokenUrl, clientId, clientSecret, scope, audience, sentIn } = client
  const fields = {
    grant_type: 'client_credentials',
    ...(scope !== undefined && { scope }),
    ...(audience !== undefined && { audience }),
    ...(sentIn === 'body' && { client_id: clientId, client_secret: clientSecret }),
  }
  const headers = {
    'Content-Type': 'application/x-www-form-urlencoded',
    Accept: 'application/json',
    ...(sentIn === 'header' && { Authorization: basic(client) }),
  }
  const body = encodePairs(fields)
  const madeFrom = [clientId, clientSecret]
  return { url: tokenUrl, method: 'POST', headers, body, timeoutMs, madeFrom, followRedirects: false }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return null
  }
}

function refusal(status: number, text: string, durationMs: number): Refusal {
  const named = Refused.safeParse(parse(text))
  const reason = named.success ? `: ${named.data.error}` : ''
  const failure = {
    code: 'oauth_token_refused',
    message: `The token endpoint answered ${status}${reason}.`,
    hint: 'Check token_url, client_id, client_secret and scope.',
    details: { status_code: status },
  }
  return { kind: 'failed', failure, durationMs, retryable: status >= 500 || status === 429 || status === 408 }
}

/** Asks an issuer for an access token. Never throws; failures: `oauth_token_refused`, and those of any request. */
export async function requestToken(
  send: HttpSender,
  client: OAuthClient,
  timeoutMs: number,
  now: () => EpochMs,
): Promise<TokenAnswer> {
  const answer = await send(tokenRequest(client, timeoutMs))
  if (answer.kind === 'failed') return answer
  const { status, text, durationMs } = answer
  const granted = Granted.safeParse(parse(text))
  const isBearer = granted.success && (granted.data.token_type ?? 'bearer').toLowerCase() === 'bearer'
  if (status !== 200 || !isBearer) return refusal(status, text, durationMs)
  const { access_token: token, expires_in: lifeSeconds = LIFE_SECONDS_DEFAULT } = granted.data
  const marginSeconds = Math.min(MARGIN_SECONDS_MAX, lifeSeconds / 10)
  return { kind: 'token', token: { token, expiresAt: now() + (lifeSeconds - marginSeconds) * 1_000 }, durationMs }
}
