import * as z from 'zod'
import type { Json, JsonObject } from '../kernel/json'
import { LIMITS } from '../model/limits'
import type { ComponentContext, HttpAnswer, HttpRequest, Outcome } from './context'
import { defineComponent, type Templating } from './define-component'
import { headerValue, headersField, invalidHeader } from './header-fields'
import { authField, authHeader, type RequestAuth } from './request-auth'
import { encodeBody, encodePairs } from './request-body'
import { responseBody } from './response-body'
import { retryField, timeoutField, type RetryPolicy } from './retry-policy'
import { textField } from './text-field'

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const
const TRANSIENT_STATUSES = new Set([408, 425, 429])

export type HttpRequestConfig = {
  url: string
  method: (typeof METHODS)[number]
  headers?: Record<string, string> | undefined
  query?: Record<string, unknown> | undefined
  body?: unknown
  timeout: number
  retry?: RetryPolicy | undefined
  auth?: RequestAuth | undefined
  ok_statuses: number[]
}

const isSafe = (method: unknown) => method === undefined || method === 'GET' || method === 'HEAD'
const isTransientStatus = (status: number) => status >= 500 || TRANSIENT_STATUSES.has(status)
const isHttpUrl = (url: string) => /^https?:\/\//i.test(url) && URL.canParse(url)
const failed = (code: string, message: string, hint: string): Outcome => ({
  kind: 'failed',
  failure: { code, message, hint },
})

function configSchema(t: Templating): z.ZodType<HttpRequestConfig> {
  return z.strictObject({
    url: textField({
      title: 'URL',
      description: 'Where to send the request; starts with https:// or http://.',
      lengthMin: 1,
    }),
    method: t(z.enum(METHODS).meta({ title: 'Method', description: 'HTTP method.' })).default('GET'),
    headers: headersField(),
    query: z.record(z.string(), z.unknown()).optional().meta({
      title: 'Query',
      description: 'Parameters appended to the URL; a list repeats its name, null is left out.',
    }),
    body: z
      .unknown()
      .optional()
      .meta({ title: 'Body', description: 'Text is sent as written, anything else as JSON.' }),
    timeout: timeoutField(t),
    retry: retryField(t),
    auth: authField(),
    ok_statuses: z
      .array(z.int().min(100).max(599))
      .default([])
      .meta({ title: 'Allowed statuses', description: 'Statuses of 400 and above that do not fail the stage.' }),
  })
}

/** The request a resolved config describes, or why there cannot be one. */
function buildRequest(config: HttpRequestConfig, ctx: ComponentContext): HttpRequest | Outcome {
  if (!isHttpUrl(config.url)) {
    return failed(
      'url_invalid',
      `'${config.url.slice(0, 200)}' is not a URL.`,
      'Write an absolute URL that starts with https:// or http://.',
    )
  }
  const headers: Record<string, string> = { ...config.headers }
  if (config.auth !== undefined) {
    const [name, value] = authHeader(config.auth)
    headers[name] = value
  }
  if (!isSafe(config.method) && headerValue(headers, 'idempotency-key') === undefined) {
    headers['Idempotency-Key'] = ctx.idempotencyKey
  }
  let body: string | null = null
  if (config.body !== undefined && config.body !== null) {
    if (isSafe(config.method)) {
      return failed(
        'body_not_allowed',
        `A ${config.method} request carries no body.`,
        'Remove body, or use another method.',
      )
    }
    const encoded = encodeBody(config.body as Json, headerValue(headers, 'content-type'))
    if (headerValue(headers, 'content-type') === undefined) headers['Content-Type'] = encoded.contentType
    body = encoded.text
  }
  const bad = invalidHeader(headers)
  if (bad !== null) {
    return failed(
      'header_invalid',
      `The value of header ${bad} holds a character that no header may carry.`,
      'Line breaks and characters outside Latin-1 must be encoded first.',
    )
  }
  return {
    url: withQuery(config.url, config.query as JsonObject | undefined),
    method: config.method,
    headers,
    body,
    timeoutMs: config.timeout,
  }
}

function withQuery(url: string, query: JsonObject | undefined): string {
  const pairs = query === undefined ? '' : encodePairs(query)
  if (pairs === '') return url
  const hashAt = url.indexOf('#')
  const [base, hash] = hashAt < 0 ? [url, ''] : [url.slice(0, hashAt), url.slice(hashAt)]
  return `${base}${base.includes('?') ? '&' : '?'}${pairs}${hash}`
}

function outcomeOf(answer: HttpAnswer, request: HttpRequest, okStatuses: readonly number[]): Outcome {
  if (answer.kind === 'failed') {
    const { failure, retryable } = answer
    // A refusal by policy is no attempt whose output a condition could judge: asking again cannot change it.
    if (retryable === false) return { kind: 'failed', failure }
    const output = { status_code: null, error: { code: failure.code, message: failure.message } }
    return { kind: 'failed', failure, output, transient: true }
  }
  const { status, headers, text, durationMs } = answer
  const output = {
    status_code: status,
    headers,
    body: responseBody(text, headerValue(headers, 'content-type')),
    duration_ms: durationMs,
  }
  if (status < 400 || okStatuses.includes(status)) return { kind: 'completed', output }
  const failure = {
    code: 'http_status',
    message: `${request.method} ${request.url.replace(/[?#].*$/, '')} answered ${status}.`,
    details: { status_code: status },
  }
  return { kind: 'failed', failure, output, transient: isTransientStatus(status) }
}

export const httpRequest = defineComponent({
  type: 'http_request',
  aliases: ['http-request'],
  title: 'HTTP request',
  description: 'Sends a request and gives its response; a status of 400 or more fails the stage unless allowed.',
  kind: 'task',
  config: configSchema,
  safety: ({ method }) => (isSafe(method) ? 'safe' : 'unsafe'),
  late: ['/retry/condition'],
  attemptsDefault: LIMITS.retryAttemptsDefault,
  isTransient: (outcome) => outcome.transient === true,
  outputAliases: { statusCode: 'status_code', data: 'body' },
  run: async (config, ctx) => {
    const request = buildRequest(config, ctx)
    return 'kind' in request ? request : outcomeOf(await ctx.http(request), request, config.ok_statuses)
  },
})
