import * as z from 'zod'
import { LIMITS } from '../model/limits'
import { buildRequest, isSafeMethod } from './build-request'
import type { HttpRequest } from './context'
import { defineComponent, type Templating } from './define-component'
import { headersField } from './header-fields'
import { judgeAnswer } from './judge-answer'
import { ITEMS, NEXT, paginationField, readPages, type Pagination } from './paginate'
import { authField, type RequestAuth } from './request-auth'
import { bodyTypeField, type BodyType } from './request-body'
import { retryField, timeoutField, type RetryPolicy } from './retry-policy'
import { textField } from './text-field'

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const

export type HttpRequestConfig = {
  url: string
  method: (typeof METHODS)[number]
  headers?: Record<string, string> | undefined
  query?: Record<string, unknown> | undefined
  body?: unknown
  body_type?: BodyType | undefined
  timeout: number
  retry?: RetryPolicy | undefined
  auth?: RequestAuth | undefined
  ok_statuses: number[]
  follow_redirects: boolean
  pagination?: Pagination | undefined
  at_most_once: boolean
}

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
      .meta({ title: 'Body', description: 'Text is sent as written, anything else as JSON, unless a type is chosen.' }),
    body_type: bodyTypeField(t),
    timeout: timeoutField(t),
    retry: retryField(t),
    auth: authField(t),
    ok_statuses: z
      .array(z.int().min(100).max(599))
      .default([])
      .meta({ title: 'Allowed statuses', description: 'Statuses of 400 and above that do not fail the stage.' }),
    follow_redirects: t(
      z
        .boolean()
        .meta({ title: 'Follow redirects', description: 'Whether a redirect is followed, at most five times.' }),
    ).default(true),
    pagination: paginationField(t),
    at_most_once: z.boolean().default(false).meta({
      title: 'At most once',
      description: 'Never send it again when it is not known whether it was carried out.',
    }),
  })
}

export const httpRequest = defineComponent({
  type: 'http_request',
  aliases: ['http-request'],
  title: 'HTTP request',
  description: 'Sends a request and gives its response; a status of 400 or more fails the stage unless allowed.',
  kind: 'task',
  config: configSchema,
  safety: ({ method }) => (isSafeMethod(method) ? 'safe' : 'unsafe'),
  late: ['/retry/condition', NEXT, ITEMS],
  attemptsDefault: LIMITS.retryAttemptsDefault,
  isTransient: (outcome) => outcome.transient === true,
  outputAliases: { statusCode: 'status_code', data: 'body' },
  run: async (config, ctx) => {
    const request = buildRequest(config, ctx)
    if (!request.ok) return { kind: 'failed', failure: request.error }
    const send = async (asked: HttpRequest, sized?: (chars: number) => void) => {
      const answer = await ctx.http(asked)
      if (answer.kind === 'response') sized?.(answer.text.length)
      return judgeAnswer(answer, asked, { okStatuses: config.ok_statuses, atMostOnce: config.at_most_once, at: ctx.at })
    }
    if (config.pagination === undefined) return send(request.value)
    return readPages(request.value, config.pagination, ctx, send)
  },
})
