import type { HttpAnswer, HttpRequest } from '#core/components/context'
import type { Clock } from '#core/kernel/time'
import { LIMITS } from '#core/model/limits'
import type { HttpSender } from '../../ports/http-sender'
import type { BodyGate } from './body-gate'
import type { EgressPolicy } from './egress-policy'
import { type Fetch, follow } from './follow'
import { NetFailure } from './net-failure'
import { platformFetch } from './platform-fetch'
import { readBody, type ReadBody } from './read-body'
import { outgoingHeaders } from './request-headers'

export type HttpSenderDeps = {
  readonly policy: EgressPolicy
  readonly clock: Clock
  /** The platform's fetch, unless a test brings its own. */
  readonly fetch?: Fetch
  readonly responseBytesMax?: number
  /** Who reads a large body first, when many do at a time. */
  readonly bodies?: BodyGate
  /** Fields the operator adds to every request; no redirect takes them to another origin. */
  readonly operatorHeaders?: Readonly<Record<string, string>>
}

const ended = () => undefined
const METHOD = /^(?!CONNECT$|TRACE$|TRACK$)[A-Z]{1,20}$/

/** Sends requests under the egress policy. The timeout covers everything: connecting, redirects and the whole body. */
export function createHttpSender(deps: HttpSenderDeps): HttpSender {
  const { policy, clock, bodies, responseBytesMax: bytesMax = LIMITS.outputBytesMax, operatorHeaders = {} } = deps
  const send: Fetch = deps.fetch ?? platformFetch
  return async (request, signal) => {
    const sentAt = clock()
    const timeout = AbortSignal.timeout(request.timeoutMs)
    const stop = signal === undefined ? timeout : AbortSignal.any([signal, timeout])
    try {
      const response = await follow(send, policy, { ...prepare(request, operatorHeaders), signal: stop })
      const turn = async (bytes: number) => bodies?.({ bytes, timeoutMs: request.timeoutMs, signal: stop }) ?? ended
      const body = await readBody(response, { bytesMax, turn })
      return answerOf(response, body, clock() - sentAt)
    } catch (thrown) {
      const failure = explain(thrown, request, { timedOut: timeout.aborted, aborted: signal?.aborted === true })
      const { retryable } = failure
      return { kind: 'failed', failure: failure.toFailure(), durationMs: clock() - sentAt, retryable }
    }
  }
}

function prepare(request: HttpRequest, operatorHeaders: HttpRequest['headers']) {
  if (!URL.canParse(request.url)) throw new NetFailure('egress_denied', 'The URL cannot be read.')
  const method = request.method.toUpperCase()
  if (!METHOD.test(method))
    throw new NetFailure('http_request_invalid', `The method ${method.slice(0, 20)} cannot be sent.`)
  const body = method === 'GET' || method === 'HEAD' ? null : request.body
  const { staysOnHost = false, followRedirects = true } = request
  const headers = validHeaders(request.headers)
  for (const [name, value] of Object.entries(operatorHeaders)) headers.set(name, value)
  return { url: new URL(request.url), method, headers, body, staysOnHost, followRedirects }
}

function validHeaders(asked: HttpRequest['headers']): Headers {
  try {
    return outgoingHeaders(asked)
  } catch {
    throw new NetFailure('http_request_invalid', 'A header has a name or a value that cannot be sent.')
  }
}

function answerOf(response: Response, { text, binary }: ReadBody, durationMs: number): HttpAnswer {
  const headers = Object.fromEntries(response.headers)
  // Each is a line of its own, as it came: unlike other headers they cannot be joined by commas, which their dates hold.
  const cookies = response.headers.getSetCookie()
  if (cookies.length > 1) headers['set-cookie'] = cookies.join('\n')
  return { kind: 'response', status: response.status, headers, text, ...(binary && { binary }), durationMs }
}

/** The platform's own error may name internal addresses; only what the author of the stage wrote is repeated. */
function explain(thrown: unknown, request: HttpRequest, cut: { timedOut: boolean; aborted: boolean }): NetFailure {
  if (thrown instanceof NetFailure) return thrown
  if (cut.aborted) return new NetFailure('http_aborted', 'The request was given up because its execution ended.')
  if (cut.timedOut) return new NetFailure('http_timeout', `No complete response within ${request.timeoutMs} ms.`)
  return new NetFailure('http_connection_failed', `The connection to ${new URL(request.url).hostname} failed.`)
}
