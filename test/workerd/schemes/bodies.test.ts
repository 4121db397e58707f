import { describe, expect, it } from 'vitest'
import { openFor } from './open-for'
import { senders } from './senders'

const overBody = senders.filter(({ covers }) => covers.includes('body'))
const bytes = (text: string) => new Uint8Array(new TextEncoder().encode(text))

const BODIES: readonly (readonly [string, Uint8Array<ArrayBuffer>])[] = [
  ['CRLF', bytes('{"a":\r\n1}\r\n')],
  ['a byte order mark', bytes('\ufeff{"a":1}')],
  ['bytes that are no text', new Uint8Array([0, 255, 254, 10, 128])],
  ['a NUL', bytes('{"a":"\\u0000"}\u0000')],
  ['letters of many scripts', bytes('{"a":"ß漢字🦊e\u0301"}')],
  ['nothing', new Uint8Array()],
  ['pretty printed JSON', bytes(JSON.stringify({ b: 1, a: [1, 2] }, null, 2))],
]

async function gzip(body: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([body]).stream().pipeThrough(new CompressionStream('gzip'))
  return new Uint8Array(await new Response(stream).arrayBuffer())
}

describe('the bytes of a body', () => {
  it.for(overBody)('are judged as they came, whatever they are (W-10): $name', async (sender) => {
    const door = await openFor(sender)
    for (const [, body] of BODIES) {
      const letter = await door.letter({ body })
      expect([200, 400]).toContain((await door.send(letter)).status)
      const tampered = new Uint8Array([...body, 32])
      expect((await door.send({ ...letter, body: tampered })).status).toBe(401)
    }
    expect((await door.send(await door.letter({ body: bytes('{"a":\r\n1}\r\n') }))).status).toBe(200)
  })

  it.for(overBody)('are signed compressed when they come compressed (W-11): $name', async (sender) => {
    const door = await openFor(sender)
    const plain = bytes(sender.body({ secret: sender.secrets[0], id: 'zipped' }))
    const body = await gzip(plain)
    const encoding: [string, string][] = [['content-encoding', 'gzip']]
    expect((await door.send(await door.letter({ body }), encoding)).status).toBe(200)
    const overPlain = await door.letter({ body: plain })
    expect((await door.send({ ...overPlain, body }, encoding)).status).toBe(401)
  })

  it('hold no token while they are compressed (W-11): zoho_crm', async () => {
    const door = await openFor(senders.find(({ name }) => name === 'zoho_crm')!)
    const letter = await door.letter()
    const body = await gzip(new Uint8Array(letter.body))
    expect((await door.send({ ...letter, body }, [['content-encoding', 'gzip']])).status).toBe(401)
  })

  it.for(senders)('are counted as they arrive, whatever length was said (W-12): $name', async (sender) => {
    const door = await openFor(sender)
    const letter = await door.letter()
    const headers = [['content-type', 'application/json'], ...letter.headers] as [string, string][]
    const stream = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const byte of letter.body) controller.enqueue(new Uint8Array([byte]))
        controller.close()
      },
    })
    expect((await door.call({ headers, body: stream })).status).toBe(200)
    for (const said of ['1', '999999', '-1', 'abc']) {
      const next = await door.letter()
      const lying = await door.send(next, [['content-length', said]])
      expect([200, 400]).toContain(lying.status)
    }
    const huge = new Uint8Array(1_048_577)
    expect((await door.send({ ...letter, body: huge }, [['content-length', '5']])).status).toBe(413)
  })

  it.for(overBody)('are read as nothing before their signature is right (W-23): $name', async (sender) => {
    const door = await openFor(sender)
    const body = bytes('{"a":')
    const wrong = await door.letter({ body, secret: sender.secrets[1] })
    for (const type of ['application/json', 'application/xml', 'nonsense']) {
      expect((await door.send(wrong, [['content-encoding', 'br']])).status).toBe(401)
      expect((await door.call({ headers: [['content-type', type], ...wrong.headers], body })).status).toBe(401)
    }
    expect((await door.send(await door.letter({ body }))).status).toBe(400)
    expect(door.started).toHaveLength(0)
  })
})
