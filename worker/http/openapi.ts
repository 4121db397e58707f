import { OpenAPIHono, type RouteConfig } from '@hono/zod-openapi'
import { API } from '#core/contract/api'
import { errorEntry, type ErrorCode } from '#core/contract/errors'
import type { Operation } from '#core/contract/operation'
import { Problem } from '#core/contract/problem'

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  schema: { type: 'string', maxLength: 255 },
  description: 'Repeating a call with the same key has no second effect.',
} as const

/** The OpenAPI 3.1 document of the API, made from the table of operations. */
export function openApiDocument(info: { readonly version: string; readonly url: string }) {
  const app = new OpenAPIHono()
  const { openAPIRegistry } = app
  openAPIRegistry.registerComponent('securitySchemes', 'apiKey', {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'mr_…',
  })
  for (const [name, operation] of Object.entries<Operation>(API)) openAPIRegistry.registerPath(routeOf(name, operation))
  return app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title: 'Millrace', version: info.version, description: 'Deploy, schedule and run workflows at the edge.' },
    servers: [{ url: info.url }],
  })
}

function routeOf(name: string, operation: Operation): RouteConfig {
  const { params, query, body } = operation
  const scope = ['public', 'member', 'owner'].includes(operation.scope) ? [] : [operation.scope]
  return {
    method: operation.method.toLowerCase() as RouteConfig['method'],
    path: operation.path,
    operationId: name,
    tags: [operation.tag],
    summary: operation.summary,
    description: scope.length === 0 ? '' : `Scope: \`${operation.scope}\``,
    security: operation.scope === 'public' ? [] : [{ apiKey: scope }],
    ...(operation.method === 'POST' && operation.scope !== 'public' ? { parameters: [IDEMPOTENCY_KEY] } : {}),
    request: {
      ...(params === undefined ? {} : { params }),
      ...(query === undefined ? {} : { query }),
      ...(body === undefined
        ? {}
        : { body: { required: operation.bodyOptional !== true, content: { 'application/json': { schema: body } } } }),
    },
    responses: { ...successes(operation), ...refusals(operation) },
  }
}

function successes(operation: Operation): RouteConfig['responses'] {
  return Object.fromEntries(
    Object.entries(operation.responses).map(([status, schema]) => [
      status,
      schema === null
        ? { description: 'Done' }
        : { description: 'Answer', content: { 'application/json': { schema } } },
    ]),
  )
}

function refusalOfOthers({ scope }: Operation): ErrorCode {
  return scope === 'owner' ? 'owner_required' : 'missing_scope'
}

/** By status, with every code it may carry; `default` is for what any call may answer, such as 503 unavailable. */
function refusals(operation: Operation): RouteConfig['responses'] {
  const codes: readonly ErrorCode[] = [
    ...(operation.scope === 'public' ? [] : (['unauthorized', refusalOfOthers(operation)] as const)),
    ...(operation.params === undefined ? [] : (['not_found'] as const)),
    ...(operation.body === undefined && operation.query === undefined ? [] : (['request_invalid'] as const)),
    ...(operation.refusals ?? []),
  ]
  const byStatus = Map.groupBy(new Set(codes), (code) => String(errorEntry(code).status))
  const described = [...byStatus].map(([status, same]) => [status, same.map(describeRefusal).join('\n')] as const)
  const all = [...described, ['default', 'Any other refusal; its code says which.'] as const]
  const content = { 'application/problem+json': { schema: Problem } }
  return Object.fromEntries(all.map(([status, description]) => [status, { description, content }]))
}

const describeRefusal = (code: ErrorCode) => `\`${code}\`: ${errorEntry(code).title}`
