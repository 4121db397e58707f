import { beforeAll, describe, expect, test } from 'vitest'
import { jsonBody, openDoor } from '../webhook-door-bench'
import { isWaiting, linkIn, newPlace, until } from './deploy-document'
import { send } from './support'

const MIB = 1_048_576
const CODINGS = ['gzip', 'deflate'] as const

/** So many zeros, compressed once or several times over: a hundred thousandth of their size. */
async function bomb(coding: (typeof CODINGS)[number], mebibytes: number, layers = 1): Promise<ArrayBuffer> {
  let bytes = new Uint8Array(mebibytes * MIB).buffer
  for (let layer = 0; layer < layers; layer++) {
    bytes = await new Response(new Blob([bytes]).stream().pipeThrough(new CompressionStream(coding))).arrayBuffer()
  }
  return bytes
}

const bombs = new Map<string, ArrayBuffer>()
beforeAll(async () => {
  for (const coding of CODINGS) bombs.set(coding, await bomb(coding, 40))
})

describe('a compressed body that is a bomb (T-31)', () => {
  test.each(CODINGS)('in %s is given up by a webhook as soon as it is too large', async (coding) => {
    const body = bombs.get(coding)!
    expect(body.byteLength).toBeLessThan(100_000)
    const { call, started } = await openDoor()
    const headers = { 'content-type': 'application/json', 'content-encoding': coding }
    expect((await call({ body, headers })).status).toBe(413)
    expect((await call({ body, headers: { ...headers, 'content-encoding': coding.toUpperCase() } })).status).toBe(413)
    expect(started).toEqual([])
  })

  test('in several layers is opened once, and what is inside is no JSON', async () => {
    const { call, started } = await openDoor()
    const body = await bomb('gzip', 40, 3)
    expect(body.byteLength).toBeLessThan(5_000)
    for (const [coding, status] of [
      ['gzip', 400],
      ['gzip, gzip', 415],
      ['gzip, gzip, gzip', 415],
      ['deflate, gzip', 415],
    ] as const) {
      const headers = { 'content-type': 'application/json', 'content-encoding': coding }
      expect([coding, (await call({ body, headers })).status]).toEqual([coding, status])
    }
    expect(started).toEqual([])
  })

  test('in a coding that is not undone is refused, not guessed at', async () => {
    const { call, started } = await openDoor()
    for (const coding of ['br', 'zstd', 'compress', 'x-gzip', 'deflate-raw', 'chunked', '*', 'gzip;q=1']) {
      expect([coding, (await call(jsonBody({}, { 'content-encoding': coding }))).status]).toEqual([coding, 415])
    }
    expect(started).toEqual([])
  })

  test('is opened by no call of the API, and by no link', async () => {
    const { client, deploy, key } = await newPlace()
    const { start } = await deploy({
      name: 'approval',
      stages: [
        { id: 'ask', component: 'logger', config: { message: '{{ execution.signals.go }}' } },
        { id: 'wait', component: 'wait_for_signal', depends_on: ['ask'], config: { signal: 'go' } },
      ],
    })
    const id = await start()
    await until(client, id, isWaiting)
    const link = await linkIn(client, id)
    for (const [coding, body] of bombs) {
      const headers = { 'content-type': 'application/json', 'content-encoding': coding }
      const calls = ['/v1/workflows', '/v1/workflows/run', '/v1/auth/sign-in', '/v1/workflows/validate']
      for (const path of calls) {
        const answer = await send(path, {
          method: 'POST',
          headers: { ...headers, authorization: `Bearer ${key}` },
          body,
        })
        expect([path, coding, answer.status]).toEqual([path, coding, 415])
      }
      expect([400, 415]).toContain((await send(link, { method: 'POST', headers, body })).status)
    }
    expect(await until(client, id, isWaiting)).toMatchObject({ status: 'waiting' })
  })
})
