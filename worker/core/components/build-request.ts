import type { Json, JsonObject } from '../kernel/json'
import { err, ok, type Result } from '../kernel/result'
import type { Failure } from '../model/failure'
import type { ComponentContext, HttpRequest } from './context'
import { headerValue, invalidHeader } from './header-fields'
import type { HttpRequestConfig } from './http-request'
import { authHeader, oauthClient } from './request-auth'
import { encodeBody, encodePairs } from './request-body'
import { traceParent } from './trace-parent'

/** Whether a method changes nothing; an absent one is GET. */
export const isSafeMethod = (method: unknown) => method === undefined || method === 'GET' || method === 'HEAD'

const isHttpUrl = (url: string) => /^https?:\/\//i.test(url) && URL.canParse(url)
const failed = (code: string, message: string, hint: string) => err<Failure>({ code, message, hint })

/** Appends parameters to a URL's own, before its fragment. */
function withQuery(url: string, query: JsonObject | undefined): string {
  const pairs = query === undefined ? '' : encodePairs(query)
  if (pairs === '') return url
  const hashAt = url.indexOf('#')
  const [base, hash] = hashAt < 0 ? [url, ''] : [url.slice(0, hashAt), url.slice(hashAt)]
  return `${base}${base.includes('?') ? '&' : '?'}${pairs}${hash}`
}

function headersOf(config: HttpRequestConfig, ctx: ComponentContext): Record<string, string> {
  const headers: Record<string, string> = { ...config.headers }
  const credential = config.auth === undefined ? null : authHeader(config.auth)
  if (credential !== null) headers[credential[0]] = credential[1]
  if (headerValue(headers, 'traceparent') === undefined) headers['traceparent'] = traceParent(ctx)
  if (!isSafeMethod(config.method) && headerValue(headers, 'idempotency-key') === undefined) {
    headers['Idempotency-Key'] = ctx.idempotencyKey
  }
  return headers
}

/** Encodes the body and gives it its content type, unless the headers name one. */
function addBody(
  config: HttpRequestConfig,
  headers: Record<string, string>,
  seed: string,
): Result<HttpRequest['body'], Failure> {
  if (config.body === undefined || config.body === null) return ok(null)
  if (isSafeMethod(config.method)) {
    const message = `A ${config.method} request carries no body.`
    return failed('body_not_allowed', message, 'Remove body, or use another method.')
  }
  const named = headerValue(headers, 'content-type')
  const encoded = encodeBody(config.body as Json, config.body_type, named, seed)
  if (!encoded.ok) return encoded
  const { content, contentType } = encoded.value
  if (config.body_type === 'multipart' && named !== undefined) {
    const message = 'The Content-Type of a multipart body names its boundary and cannot be written.'
    return failed('header_invalid', message, 'Remove the Content-Type header.')
  }
  if (named === undefined) headers['Content-Type'] = contentType
  return ok(content)
}

/** Credentials and files become bytes in which no value can be found again. */
function madeFrom({ auth, body }: HttpRequestConfig, content: HttpRequest['body']): Json {
  return [auth?.type === 'basic' ? auth : null, content instanceof Uint8Array ? (body as Json) : null]
}

/** The request a resolved config describes. Failures: `url_invalid body_not_allowed body_invalid header_invalid`. */
export function buildRequest(config: HttpRequestConfig, ctx: ComponentContext): Result<HttpRequest, Failure> {
  if (!isHttpUrl(config.url)) {
    return failed(
      'url_invalid',
      `'${config.url.slice(0, 200)}' is not a URL.`,
      'Write an absolute URL that starts with https:// or http://.',
    )
  }
  const headers = headersOf(config, ctx)
  const body = addBody(config, headers, ctx.idempotencyKey)
  if (!body.ok) return body
  const bad = invalidHeader(headers)
  if (bad !== null) {
    return failed(
      'header_invalid',
      `The value of header ${bad} holds a character that no header may carry.`,
      'Line breaks and characters outside Latin-1 must be encoded first.',
    )
  }
  const oauth = oauthClient(config.auth)
  return ok({
    url: withQuery(config.url, config.query as JsonObject | undefined),
    method: config.method,
    headers,
    body: body.value,
    timeoutMs: config.timeout,
    madeFrom: madeFrom(config, body.value),
    ...(!config.follow_redirects && { followRedirects: false }),
    ...(oauth !== null && { oauth }),
  })
}
