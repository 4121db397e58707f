import { excerpt } from '../kernel/excerpt'
import * as z from 'zod'
import { isJsonObject, type Json, type JsonObject } from '../kernel/json'
import { err, ok, type Result } from '../kernel/result'
import { LIMITS } from '../model/limits'
import type { Failure } from '../model/failure'
import type { ComponentContext, HttpRequest, Outcome } from './context'
import type { Templating } from './define-component'
import { headerValue } from './header-fields'
import { encodePairs } from './request-body'
import { WholeExpression } from './whole-expression'

/** `pagination` as resolved. `next` and `items` are evaluated after each page. */
export type Pagination = { readonly max_pages: number }

export const NEXT = '/pagination/next'
export const ITEMS = '/pagination/items'

/** The `pagination` field: how a listing that comes in pages is read as one. */
export function paginationField(t: Templating) {
  const next = z.union([WholeExpression, z.record(z.string(), z.unknown())]).meta({
    title: 'Next page',
    description: 'After each page: the URL of the next, or query parameters to change; null when there is none.',
  })
  // What is evaluated late is no longer there once a config is resolved: only a document must have it.
  const isDocument = t(WholeExpression) !== WholeExpression
  return z
    .strictObject({
      next: isDocument ? next : next.optional(),
      items: WholeExpression.optional().meta({
        title: 'Items',
        description: 'The list in each page; the body unless written.',
      }),
      max_pages: t(
        z.int().min(1).max(LIMITS.pagesMax).meta({ title: 'Pages', description: 'How many pages to read at most.' }),
      ).default(LIMITS.pagesDefault),
    })
    .optional()
    .meta({ title: 'Pagination', description: 'Reads page after page and gives all items in one list.' })
}

const failed = (code: string, message: string, hint: string) => err<Failure>({ code, message, hint })

function withParameters(url: string, changes: JsonObject): string {
  const [base = '', query = ''] = url.replace(/#.*$/, '').split(/\?(.*)/s)
  const changed = new Set(Object.keys(changes).map(encodeURIComponent))
  const kept = query.split('&').filter((pair) => pair !== '' && !changed.has(pair.replace(/=.*$/s, '')))
  const pairs = [...kept, encodePairs(changes)].filter((pair) => pair !== '').join('&')
  return pairs === '' ? base : `${base}?${pairs}`
}

const isEnd = (next: Json) => next === null || next === false || next === ''

/** Where the next page is; null after the last one. It may not leave the server that gave the first. */
function nextUrl(next: Json, current: string): Result<string | null, Failure> {
  if (isEnd(next) || (isJsonObject(next) && Object.values(next).every(isEnd))) return ok(null)
  const isUrl = typeof next === 'string' && URL.canParse(next, current)
  if (!isUrl && !isJsonObject(next)) {
    const message = `pagination.next must give a URL, query parameters or null, but gave ${excerpt(JSON.stringify(next), 100)}.`
    return failed('pagination_invalid', message, 'Write {{ output.body.next ?? null }}, or {"page": "{{ … }}"}.')
  }
  const url = typeof next === 'string' ? new URL(next, current).href : withParameters(current, next as JsonObject)
  if (new URL(url).origin === new URL(current).origin) return ok(url)
  const message = 'pagination.next led to another server, which must not see what was meant for this one.'
  return failed('pagination_left_host', message, 'Read that server with a stage of its own.')
}

type Page = { readonly items: readonly Json[]; readonly next: string | null }

function readPage(output: JsonObject, url: string, ctx: ComponentContext): Result<Page, Failure> {
  // An allowed error status, such as the 404 behind the last page, ends the listing.
  if (Number(output['status_code']) >= 400) return ok({ items: [], next: null })
  const items = ctx.late(ITEMS, output) ?? ok(output['body'] ?? null)
  if (!items.ok) return items
  if (!Array.isArray(items.value)) {
    const message = `pagination.items must give a list, but gave ${excerpt(JSON.stringify(items.value), 100)}.`
    return failed('pagination_invalid', message, 'Name the list in the page, such as {{ output.body.items }}.')
  }
  const next = ctx.late(NEXT, output) ?? ok(null)
  const target = next.ok ? nextUrl(next.value, url) : next
  return target.ok ? ok({ items: items.value as readonly Json[], next: target.value }) : target
}

/** Each page of an unsafe listing is a request of its own. */
function pageRequest(request: HttpRequest, url: string, page: number, timeoutMs: number, key: string): HttpRequest {
  const isOwnKey = headerValue(request.headers, 'idempotency-key') === key
  const headers =
    page > 1 && isOwnKey ? { ...request.headers, 'Idempotency-Key': `${key}:page:${page}` } : request.headers
  return { ...request, url, headers, timeoutMs }
}

/** No more is read than may be kept. */
const tooLarge = (pages: number): Outcome => ({
  kind: 'failed',
  failure: {
    code: 'response_too_large',
    message: `${pages} pages are larger than the ${LIMITS.outputBytesMax} bytes that an output may have.`,
    hint: 'Lower "pagination.max_pages", or ask for fewer fields.',
  },
})

const outOfTime = (pages: number, timeoutMs: number): Outcome => ({
  kind: 'failed',
  failure: {
    code: 'http_timeout',
    message: `${pages} pages took the ${timeoutMs} ms that all of them may take.`,
    hint: 'Raise "timeout", or ask for larger pages.',
  },
  transient: true,
})

/**
 * Reads page after page within the time of one attempt. `send` answers one page and tells its size; its failure is the attempt's. The output
 * is the last page's, with `body: {items, pages, complete}`; `complete` is false when `max_pages` ended it.
 */
export async function readPages(
  first: HttpRequest,
  { max_pages: pagesMax }: Pagination,
  ctx: ComponentContext,
  send: (request: HttpRequest, sized: (chars: number) => void) => Promise<Outcome>,
): Promise<Outcome> {
  const items: Json[] = []
  const seen = new Set<string>()
  let url = first.url
  let spentMs = 0
  let chars = 0
  const sized = (more: number) => void (chars += more)
  for (let page = 1; ; page++) {
    if (spentMs >= first.timeoutMs) return outOfTime(page - 1, first.timeoutMs)
    const outcome = await send(pageRequest(first, url, page, first.timeoutMs - spentMs, ctx.idempotencyKey), sized)
    if (outcome.kind !== 'completed') return outcome
    if (chars > LIMITS.outputBytesMax) return tooLarge(page)
    const output = outcome.output as JsonObject
    spentMs += Number(output['duration_ms'])
    const read = readPage(output, url, ctx)
    if (!read.ok) return { kind: 'failed', failure: read.error, output }
    for (const item of read.value.items) items.push(item)
    seen.add(url)
    const { next } = read.value
    if (next === null || page >= pagesMax) {
      const body = { items, pages: page, complete: next === null }
      return { kind: 'completed', output: { ...output, body, duration_ms: spentMs } }
    }
    if (seen.has(next)) return { kind: 'failed', failure: circle(page), output }
    url = next
  }
}

function circle(page: number): Failure {
  const message = `Page ${page} names as its next a page that was already read.`
  return { code: 'pagination_invalid', message, hint: 'pagination.next must give null after the last page.' }
}
