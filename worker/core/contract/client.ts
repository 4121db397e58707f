import { API, type Api, type OperationName } from './api'
import type { AnswerOf, BodyInputOf, Operation, ParamsOf, QueryInputOf } from './operation'
import { Problem } from './problem'

type FetchInit = { readonly method: string; readonly headers: Record<string, string>; readonly body?: string }

type FetchAnswer = {
  readonly status: number
  readonly headers: { get(name: string): string | null }
  text(): Promise<string>
}

/** The part of `fetch` the client needs. */
export type Fetch = (url: string, init: FetchInit) => Promise<FetchAnswer>

export type ClientOptions = {
  readonly fetch: Fetch
  /** Origin of the service, without a slash at the end; empty for the page's own. */
  readonly baseUrl: string
  /** An API key; left out in the dashboard, where a cookie speaks. */
  readonly token?: string
  /** More headers for each call, such as X-CSRF-Token. */
  readonly headers?: () => Readonly<Record<string, string>>
}

type Part<Name extends string, T> = [T] extends [undefined] ? object : { readonly [K in Name]: T }
type OptionalPart<Name extends string, T> = [T] extends [undefined] ? object : { readonly [K in Name]?: T }
type BodyPart<O extends Operation> = O extends { bodyOptional: true }
  ? OptionalPart<'body', BodyInputOf<O>>
  : Part<'body', BodyInputOf<O>>

/** What a call takes: `params`, `query` and `body` where the operation has them. */
export type CallOf<O extends Operation> = Part<'params', ParamsOf<O>> &
  OptionalPart<'query', QueryInputOf<O>> &
  BodyPart<O> & { readonly idempotencyKey?: string }

/** An answer of the operation, or the problem it was refused with. */
export type Reply<O extends Operation> =
  ({ readonly ok: true } & AnswerOf<O>) | { readonly ok: false; readonly status: number; readonly problem: Problem }

export type Client = { readonly [K in OperationName]: (call: CallOf<Api[K]>) => Promise<Reply<Api[K]>> }

type AnyCall = {
  readonly params?: Record<string, string>
  readonly query?: Record<string, unknown>
  readonly body?: unknown
  readonly idempotencyKey?: string
}

/** A function for every operation of the table. Answers are parsed; network errors reject as `fetch` does. */
export function createClient(options: ClientOptions): Client {
  const entries = Object.entries(API).map(([name, operation]) => [name, (c: AnyCall) => send(options, operation, c)])
  return Object.fromEntries(entries) as Client
}

async function send(options: ClientOptions, operation: Operation, call: AnyCall) {
  const headers: Record<string, string> = { accept: 'application/json', ...options.headers?.() }
  if (options.token !== undefined) headers['authorization'] = `Bearer ${options.token}`
  if (call.idempotencyKey !== undefined) headers['idempotency-key'] = call.idempotencyKey
  const hasBody = operation.body !== undefined
  if (hasBody) headers['content-type'] = 'application/json'
  const answer = await options.fetch(options.baseUrl + pathOf(operation.path, call), {
    method: operation.method,
    headers,
    ...(hasBody ? { body: JSON.stringify(call.body ?? {}) } : {}),
  })
  return read(operation, answer)
}

async function read(operation: Operation, answer: FetchAnswer) {
  const text = await answer.text()
  const schema = operation.responses[answer.status]
  if (schema === null) return { ok: true, status: answer.status, body: null }
  if (schema !== undefined) return { ok: true, status: answer.status, body: schema.parse(JSON.parse(text)) }
  return { ok: false, status: answer.status, problem: readProblem(answer, text) }
}

/** Something between us and the service may answer in another language. */
function readProblem(answer: FetchAnswer, text: string): Problem {
  const isProblem = answer.headers.get('content-type')?.startsWith('application/problem+json') === true
  const parsed = isProblem ? Problem.safeParse(JSON.parse(text)) : null
  if (parsed?.success === true) return parsed.data
  const title = `The service answered ${answer.status}.`
  const requestId = answer.headers.get('x-request-id') ?? ''
  return { type: 'about:blank', title, status: answer.status, code: 'internal', detail: title, requestId, issues: [] }
}

function pathOf(template: string, call: AnyCall): string {
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(call.params?.[name] ?? ''))
  const query = Object.entries(call.query ?? {})
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(String(value))}`)
  return query.length === 0 ? path : `${path}?${query.join('&')}`
}
