import type { Context } from 'hono'
import type { Operation } from '#core/contract/operation'
import { readRequest } from '#core/contract/read-request'
import { pointerOf } from '#core/kernel/pointer'
import type { RateVerdict } from '#core/model/rate'
import type { Issue } from '#core/model/issue'
import { isWithin } from '#core/kernel/time'
import { LIMITS } from '#core/model/limits'
import { AppError } from '../services/app-error'
import type { Caller } from '../services/caller'
import type { ServiceContext } from '../services/service-context'
import { authenticate, type AuthDeps, authorize, requireOwnOrigin } from './auth'
import type { Call, Handler } from './handler'
import { type Answer, idempotencyKeyOf, once } from './idempotency'
import { parseBody, readText } from './read-json'
import { rateHeaders } from './rate-headers'
import { newRequestId } from './request-id'
import { cookiePolicy } from './session-cookie'
import { toProblem } from './to-problem'
import { headerBytes } from './webhook/request-context'

/** How long credentials hold while a body arrives; then they are read again, for they may have been taken meanwhile. */
const BODY_WITHIN_MS = 1_000

export type Environment = AuthDeps & {
  readonly contextOf: (caller: Caller, request: Request) => ServiceContext
  readonly accounts: Call<Operation>['accounts']
  /** Counts one call of the caller. */
  readonly countCall: (caller: Caller) => readonly RateVerdict[]
  readonly report: (error: unknown, requestId: string) => void
}

/** The function that answers one operation's requests: credentials, then shape, then the handler. */
export function bind(environment: Environment, operation: Operation, handler: Handler<Operation>) {
  return async (c: Context): Promise<Response> => {
    const requestId = newRequestId(environment.accounts)
    let rates: readonly RateVerdict[] = []
    const count = (caller: Caller) => {
      rates = environment.countCall(caller)
      if (rates.some(({ allowed }) => !allowed)) throw new AppError('rate_limited')
    }
    const response = await serve(environment, operation, handler, { c, count }).then(
      (answer) => toResponse(answer, requestId),
      (error: unknown) => toProblem(error, requestId, environment.report),
    )
    for (const [name, value] of Object.entries(rateHeaders(rates)))
      if (!response.headers.has(name)) response.headers.set(name, value)
    return response
  }
}

async function serve(
  environment: Environment,
  operation: Operation,
  handler: Handler<Operation>,
  { c, count }: { readonly c: Context; readonly count: (caller: Caller) => void },
): Promise<Answer> {
  const request = c.req.raw
  if (headerBytes([...request.headers]) > LIMITS.headerBytesMax) throw new AppError('headers_too_large')
  const { clock } = environment.accounts
  const admitted = await admit(environment, operation, request, count)
  const since = clock()
  const idempotencyKey = operation.method === 'POST' ? idempotencyKeyOf(request) : null
  const text = operation.body === undefined ? '' : await readText(request)
  const isFresh = isWithin(since, BODY_WITHIN_MS, clock())
  const ctx = isFresh ? admitted : await admit(environment, operation, request, () => undefined)
  const call = {
    ...readInputs(operation, c, text),
    request,
    cookie: cookiePolicy(request, environment.environmentName),
    idempotencyKey,
    fingerprint:
      idempotencyKey === null ? '' : environment.accounts.digest(request.method, ' ', c.req.path, '\n', text),
    accounts: environment.accounts,
    keys: environment.keys,
    ...(ctx === null ? {} : { ctx }),
  } as Call<Operation>
  if (ctx === null || idempotencyKey === null || operation.ownIdempotency === true) return handler(call)
  // An answer may hold a new key: it is repeated to whom it was given, and to nobody else.
  const fingerprint = environment.accounts.digest(ctx.caller.actor.id, ' ', call.fingerprint)
  return once(ctx, idempotencyKey, fingerprint, () => handler(call))
}

/** Null for calls that need no credentials. */
async function admit(
  environment: Environment,
  operation: Operation,
  request: Request,
  count: (caller: Caller) => void,
): Promise<ServiceContext | null> {
  if (operation.scope === 'public') {
    requireOwnOrigin(environment, request, 'if_present')
    return null
  }
  const caller = await authenticate(environment, request)
  count(caller)
  const admitted = await authorize(environment.accounts.identity, caller, operation.scope)
  return environment.contextOf(admitted, request)
}

function readInputs(operation: Operation, c: Context, text: string) {
  const issues: Issue[] = []
  const read = (schema: Operation['body'], value: () => unknown, prefix: string): unknown => {
    if (schema === undefined) return undefined
    const result = readRequest(schema, value(), prefix)
    if (result.ok) return result.value
    issues.push(...result.error)
    return undefined
  }
  const { searchParams } = new URL(c.req.url)
  if (operation.query !== undefined) issues.push(...writtenTwice(searchParams))
  const inputs = {
    params: read(operation.params, () => c.req.param(), '/path'),
    query: read(operation.query, () => Object.fromEntries(searchParams), '/query'),
    body: read(operation.body, () => bodyOf(operation, text), ''),
  }
  if (issues.length > 0) throw new AppError('request_invalid', { detail: issues[0]?.message ?? '', issues })
  return inputs
}

/** Of two values one would be left out without a word, and a filter means something else than its caller thinks. */
function writtenTwice(query: URLSearchParams): readonly Issue[] {
  return [...new Set(query.keys())]
    .filter((name) => query.getAll(name).length > 1)
    .map((name) => ({
      code: 'duplicate_key',
      severity: 'error',
      path: pointerOf(['query', name]),
      message: `'${name}' is written more than once`,
      hint: 'Write it once; call again for another value.',
    }))
}

function bodyOf(operation: Operation, text: string): unknown {
  if (text !== '') return parseBody(text)
  if (operation.bodyOptional === true) return {}
  throw new AppError('malformed_json', { detail: 'The body is empty.' })
}

function toResponse(answer: Answer, requestId: string): Response {
  const headers = new Headers({
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'x-request-id': requestId,
    ...answer.headers,
  })
  if (answer.body === null) return new Response(null, { status: answer.status, headers })
  headers.set('content-type', 'application/json')
  return new Response(JSON.stringify(answer.body), { status: answer.status, headers })
}
