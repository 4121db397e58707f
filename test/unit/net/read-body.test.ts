import { describe, expect, it } from 'vitest'
import { readBody } from '../../../worker/adapters/net/read-body'

/** A response whose bytes come in chunks of a size that fits nothing. */
function responseOf(bytes: Uint8Array, type?: string, chunkBytes = 7_001): Response {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (let at = 0; at < bytes.length; at += chunkBytes) controller.enqueue(bytes.slice(at, at + chunkBytes))
      controller.close()
    },
  })
  return new Response(body, { headers: type === undefined ? {} : { 'content-type': type } })
}

const text = (value: string) => new TextEncoder().encode(value)
const noText = new Uint8Array(200_000).map((_, i) => (i * 31) % 256)

describe('the body of a response', () => {
  it.for([
    'text/html',
    'application/json',
    'application/problem+json',
    'application/xml',
    'image/svg+xml',
    'application/x-ndjson',
    'application/javascript',
  ])('of type %s is text, whatever it holds', async (type) => {
    expect(await readBody(responseOf(new Uint8Array([97, 255]), type))).toEqual({ text: 'a\ufffd', binary: false })
  })

  it.for(['image/png', 'application/octet-stream', 'application/pdf', 'audio/mpeg', 'application/zip'])(
    'of type %s is base64, whatever it holds',
    async (type) => {
      expect(await readBody(responseOf(text('hello'), type))).toEqual({ text: btoa('hello'), binary: true })
    },
  )

  it.for([undefined, 'application/x-unknown'])('of type %s is text when it can be read as such', async (type) => {
    expect(await readBody(responseOf(text('é'.repeat(60_000)), type))).toEqual({
      text: 'é'.repeat(60_000),
      binary: false,
    })
    expect(await readBody(responseOf(new Uint8Array([97, 0]), type))).toMatchObject({ binary: true })
    expect(await readBody(responseOf(new Uint8Array([97, 255]), type))).toMatchObject({ binary: true })
  })

  it('in base64 holds every byte', async () => {
    for (const bytes of [noText, noText.slice(0, 98_304), noText.slice(0, 49_152), noText.slice(0, 1)]) {
      const { text: base64 } = await readBody(responseOf(bytes, 'image/png'))
      expect(base64).toBe(Buffer.from(bytes).toString('base64'))
    }
  })

  it('is cut off beyond its limit, text or not', async () => {
    for (const type of ['text/plain', 'image/png']) {
      await expect(readBody(responseOf(noText, type), { bytesMax: 199_999 })).rejects.toMatchObject({
        code: 'response_too_large',
      })
      expect((await readBody(responseOf(noText, type), { bytesMax: 200_000 })).text.length).toBeGreaterThan(0)
    }
  })

  it('that is not there is empty', async () => {
    expect(await readBody(new Response(null))).toEqual({ text: '', binary: false })
  })
})

describe('a body of more than 256 KiB', () => {
  const turns = () => {
    const log: string[] = []
    const turn = async (bytes: number) => {
      log.push(`enters for ${bytes}`)
      return () => void log.push('leaves')
    }
    return { log, turn }
  }

  it('is read when it is its turn, once, with the bytes it announced', async () => {
    const { log, turn } = turns()
    const headers = { 'content-type': 'text/plain', 'content-length': '600000' }
    const { text } = await readBody(new Response('x'.repeat(600_000), { headers }), { turn })
    expect(text).toHaveLength(600_000)
    expect(log).toEqual(['enters for 600000', 'leaves'])
  })

  it.each([['text/plain'], ['image/png']])('lets the next one in when it is too large (%s)', async (type) => {
    const { log, turn } = turns()
    const response = responseOf(new Uint8Array(600_000), type, 300_000)
    await expect(readBody(response, { bytesMax: 500_000, turn })).rejects.toMatchObject({ code: 'response_too_large' })
    expect(log).toEqual(['enters for 500000', 'leaves'])
  })

  it('is the only one that waits', async () => {
    const { log, turn } = turns()
    await readBody(new Response('x'.repeat(256 * 1024)), { turn })
    expect(log).toEqual([])
  })
})
