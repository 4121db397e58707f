import { describe, expect, it } from 'vitest'
import type { HttpRequest } from '#core/components/context'
import type { Fetch } from '../../worker/adapters/net/follow'
import { createHttpSender } from '../../worker/adapters/net/http-sender'

const REQUEST: HttpRequest = { url: 'https://a.example.com/', method: 'GET', headers: {}, body: null, timeoutMs: 5_000 }
const policy = { ownHosts: new Set<string>(), allowHosts: new Set<string>(), hostMap: new Map<string, URL>() }

const senderOf = (fetch: Fetch, responseBytesMax = 1_000) =>
  createHttpSender({ policy, clock: () => 0, fetch, responseBytesMax })

/** Bytes without an end; counts how many were asked for. */
function endless() {
  const given = { bytes: 0, cancelled: false }
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.enqueue(new Uint8Array(400).fill(97))
      given.bytes += 400
    },
    cancel() {
      given.cancelled = true
    },
  })
  return { given, body }
}

/** Never answers; gives up only when it is told to. */
const silent: Fetch = (_url, init) =>
  new Promise((_resolve, reject) => init.signal?.addEventListener('abort', () => reject(new Error('at 10.0.0.7'))))

describe('answers from outside, on workerd', () => {
  it('are cut off at the limit, however long they would go on (T-31)', async () => {
    const { given, body } = endless()
    const answer = await senderOf(async () => new Response(body))(REQUEST)
    expect(answer).toMatchObject({ kind: 'failed', failure: { code: 'response_too_large' }, retryable: false })
    expect(given.cancelled).toBe(true)
    expect(given.bytes).toBeLessThan(4_000)
  })

  it('of exactly the limit are whole, also when a character is split between chunks', async () => {
    const bytes = new TextEncoder().encode('é'.repeat(500))
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(bytes.slice(0, 333))
        controller.enqueue(bytes.slice(333))
        controller.close()
      },
    })
    expect(await senderOf(async () => new Response(body))(REQUEST)).toMatchObject({
      kind: 'response',
      text: 'é'.repeat(500),
    })
  })

  it('in another charset are read in it', async () => {
    const response = () =>
      new Response(new Uint8Array([0xe9]), { headers: { 'content-type': 'text/plain; charset=iso-8859-1' } })
    expect(await senderOf(async () => response())(REQUEST)).toMatchObject({ text: 'é' })
  })

  it('that do not come in time are a timeout, and say nothing of where', async () => {
    const answer = await senderOf(silent)({ ...REQUEST, timeoutMs: 20 })
    expect(answer).toMatchObject({ kind: 'failed', failure: { code: 'http_timeout' }, retryable: true })
    expect(JSON.stringify(answer)).not.toContain('10.0.0.7')
  })

  it('whose body does not come in time are a timeout too', async () => {
    const stalled: Fetch = async (_url, init) => {
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          controller.enqueue(new Uint8Array([97]))
          init.signal?.addEventListener('abort', () => controller.error(new Error('aborted')))
        },
      })
      return new Response(body)
    }
    expect(await senderOf(stalled)({ ...REQUEST, timeoutMs: 20 })).toMatchObject({ failure: { code: 'http_timeout' } })
  })

  it('are given up when the execution ends', async () => {
    const stop = new AbortController()
    const answer = senderOf(silent)(REQUEST, stop.signal)
    stop.abort()
    expect(await answer).toMatchObject({ kind: 'failed', failure: { code: 'http_aborted' }, retryable: false })
  })

  it('are never asked for at an address that is not public, whatever the runtime would do', async () => {
    const send = createHttpSender({ policy, clock: () => 0 })
    for (const url of ['http://127.0.0.1/', 'http://[::1]/', 'http://localhost:8080/', 'http://169.254.169.254/']) {
      expect(await send({ ...REQUEST, url })).toMatchObject({ kind: 'failed', failure: { code: 'egress_denied' } })
    }
  })
})
