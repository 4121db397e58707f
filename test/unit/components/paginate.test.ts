import { describe, expect, it } from 'vitest'
import type { HttpRequest } from '#core/components/context'
import { documentConfig } from '#core/components/registry'
import { Workflow } from '#core/definition/document'
import { compilePlan } from '#core/definition/plan'
import type { Json } from '#core/kernel/json'
import { runPlan } from '../../support/run-plan'

const URL_OF_LIST = 'https://api.test/list?size=2'

/** Reads a listing whose pages are answered by URL; what is not there is 404. */
async function list(config: Record<string, Json>, pages: Record<string, Json | { status: number }>) {
  const stages = [
    { id: 'list', component: 'http_request', config: { url: URL_OF_LIST, retry: { max_attempts: 1 }, ...config } },
  ]
  const plan = compilePlan(Workflow.parse({ name: 'listing', stages }))
  const http = ({ url }: HttpRequest) => {
    const page = pages[url]
    const headers = { 'content-type': 'application/json' }
    return page === undefined
      ? { status: 404, headers, text: '{}' }
      : { headers, text: JSON.stringify(page), durationMs: 400 }
  }
  const { stage, requests } = await runPlan(plan, { http })
  const { status, output, failure } = stage('list')
  return { status, output: output as { body: Json } | null, failure, requests, urls: requests.map(({ url }) => url) }
}

const next = '{{ output.body.next ?? null }}'
const items = '{{ output.body.items }}'

describe('a listing in pages', () => {
  it('is read by following URLs, absolute or relative, into one list', async () => {
    const { output } = await list(
      { pagination: { next, items } },
      {
        [URL_OF_LIST]: { items: [1, 2], next: 'https://api.test/list?page=2' },
        'https://api.test/list?page=2': { items: [3], next: '?page=3' },
        'https://api.test/list?page=3': { items: [] },
      },
    )
    expect(output).toMatchObject({
      status_code: 200,
      body: { items: [1, 2, 3], pages: 3, complete: true },
      duration_ms: 1_200,
    })
  })

  it('is read by changing query parameters until there is nothing to change', async () => {
    const { output, urls } = await list(
      { pagination: { next: { cursor: next }, items } },
      {
        [URL_OF_LIST]: { items: ['a'], next: 'x&y' },
        'https://api.test/list?size=2&cursor=x%26y': { items: ['b'], next: 'z' },
        'https://api.test/list?size=2&cursor=z': { items: ['c'] },
      },
    )
    expect(urls).toHaveLength(3)
    expect(output?.body).toEqual({ items: ['a', 'b', 'c'], pages: 3, complete: true })
  })

  it('whose pages are plain lists needs no items', async () => {
    const more = '{{ length(output.body) < 2 ? null : "/list?page=2" }}'
    const { output } = await list(
      { pagination: { next: more } },
      { [URL_OF_LIST]: [1, 2], 'https://api.test/list?page=2': [3] },
    )
    expect(output?.body).toEqual({ items: [1, 2, 3], pages: 2, complete: true })
  })

  it('says that it is not complete when max_pages ends it', async () => {
    const endless = { items: [1], next: '/list?n=2' }
    const { output, urls } = await list({ pagination: { next, items, max_pages: 1 } }, { [URL_OF_LIST]: endless })
    expect(urls).toHaveLength(1)
    expect(output?.body).toEqual({ items: [1], pages: 1, complete: false })
  })

  it('ends at a status that is allowed', async () => {
    const pagination = { next: { page: '{{ length(output.body) }}' } }
    const { output } = await list({ pagination, ok_statuses: [404] }, { [URL_OF_LIST]: [1, 2] })
    expect(output?.body).toEqual({ items: [1, 2], pages: 2, complete: true })
  })

  it('fails with the page that fails', async () => {
    const { status, failure } = await list(
      { pagination: { next, items } },
      { [URL_OF_LIST]: { items: [], next: '/gone' } },
    )
    expect(status).toBe('failed')
    expect(failure).toMatchObject({ code: 'http_status', message: expect.stringContaining('https://api.test/gone') })
  })

  it('never takes what was meant for one server to another (N-04)', async () => {
    const auth = { type: 'bearer', token: 't' }
    for (const target of [
      'https://evil.test/list',
      '//evil.test/list',
      'http://api.test/list',
      'https://api.test:8443/list',
    ]) {
      const { failure, requests } = await list(
        { auth, pagination: { next, items } },
        { [URL_OF_LIST]: { items: [], next: target } },
      )
      expect(failure).toMatchObject({ code: 'pagination_left_host' })
      expect(requests).toHaveLength(1)
    }
  })

  it.for([
    [
      { next, items: '{{ output.body.nothing ?? null }}' },
      { items: [], next: null },
    ],
    [
      { next, items },
      { items: [], next: 5 },
    ],
    [
      { next, items },
      { items: [], next: URL_OF_LIST },
    ],
  ] as const)('%o of %o is refused', async ([pagination, page]) => {
    const { failure } = await list({ pagination }, { [URL_OF_LIST]: page })
    expect(failure).toMatchObject({ code: 'pagination_invalid', hint: expect.any(String) })
  })

  it('has one timeout for all its pages', async () => {
    const pages = Object.fromEntries(
      [1, 2, 3, 4].map((n) => [n === 1 ? URL_OF_LIST : `https://api.test/${n}`, { items: [n], next: `/${n + 1}` }]),
    )
    const { failure, requests } = await list({ pagination: { next, items }, timeout: 1_000 }, pages)
    expect(failure).toMatchObject({ code: 'http_timeout' })
    expect(requests.map(({ timeoutMs }) => timeoutMs)).toEqual([1_000, 600, 200])
  })

  it('gives every page of an unsafe listing a key of its own, the same in every attempt (I5)', async () => {
    const { requests } = await list(
      { method: 'POST', body: { q: 1 }, pagination: { next, items } },
      { [URL_OF_LIST]: { items: [], next: '/list?page=2' }, 'https://api.test/list?page=2': { items: [] } },
    )
    const keys = requests.map(({ headers }) => headers['Idempotency-Key'])
    expect(keys).toEqual(['exec_test:list', 'exec_test:list:page:2'])
  })

  it('must say in the document how to go on', () => {
    const parse = (pagination: Json) =>
      documentConfig('http_request').safeParse({ url: URL_OF_LIST, pagination }).success
    expect(parse({ next })).toBe(true)
    expect(parse({ next: { page: '{{ 1 }}' }, max_pages: 5 })).toBe(true)
    expect(
      [{}, { items }, { next: 'https://x.test' }, { next, max_pages: 0 }, { next, max_pages: 1_001 }].map(parse),
    ).not.toContain(true)
  })
})
