import { describe, expect, it } from 'vitest'
import { jsonBody, openDoor } from './webhook-door-bench'

const MIB = 1_048_576

/** A body of `bytes` letters with no declared length. */
function streamOf(bytes: number): ReadableStream<Uint8Array> {
  let left = bytes
  return new ReadableStream({
    pull(controller) {
      const size = Math.min(left, 65_536)
      if (size > 0) controller.enqueue(new Uint8Array(size).fill(97))
      left -= size
      if (left <= 0) controller.close()
    },
  })
}

async function gzip(bytes: Uint8Array): Promise<ArrayBuffer> {
  return new Response(
    new Blob([new Uint8Array(bytes)]).stream().pipeThrough(new CompressionStream('gzip')),
  ).arrayBuffer()
}

describe('the body of a call', () => {
  it.for([
    ['application/json', '{"a":1}', { a: 1 }],
    ['application/json; charset=utf-8', ' [1, 2]', [1, 2]],
    ['application/cloudevents+json', '{"a":{"b":null}}', { a: { b: null } }],
    ['APPLICATION/JSON', '"text"', 'text'],
    ['application/json', '\ufeff{"a":1}', { a: 1 }],
    ['application/x-www-form-urlencoded', 'name=J%C3%B6rg+A&tag=1&tag=2', { name: 'Jörg A', tag: ['1', '2'] }],
    ['text/plain; charset=utf-8', 'hello', 'hello'],
    ['application/json', '{"a":"{{ secrets.KEY }}"}', { a: '{{ secrets.KEY }}' }],
  ] as const)('of type %s, %s, becomes the input', async ([type, body, input]) => {
    const { call, started } = await openDoor()
    expect((await call({ body, headers: { 'content-type': type } })).status).toBe(200)
    expect(JSON.parse(started[0]!.payload)).toEqual(input)
  })

  it.for([undefined, 'application/json', 'text/plain', 'image/png'])('that is empty is {} (type %s)', async (type) => {
    const { call, started } = await openDoor()
    expect((await call(type === undefined ? {} : { headers: { 'content-type': type } })).status).toBe(200)
    expect(started[0]!.payload).toBe('{}')
  })

  it.for([
    'multipart/form-data; boundary=x',
    'application/xml',
    'text/html',
    'application/octet-stream',
    'application/jsonx',
    '',
  ])('of type "%s" is refused with 415 (R-11)', async (type) => {
    const { call, started } = await openDoor()
    const response = await call({ body: new TextEncoder().encode('{"a":1}'), headers: { 'content-type': type } })
    expect(response.status).toBe(415)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(await response.json()).toMatchObject({ code: 'unsupported_media_type', hint: expect.any(String) })
    expect(started).toEqual([])
  })

  it.for([
    ['{"a":', 'malformed_json', ''],
    ['{a:1}', 'malformed_json', ''],
    ['   ', 'malformed_json', ''],
    ['{"a":1}{', 'malformed_json', ''],
    ['{"a":1,"a":2}', 'duplicate_key', '/a'],
    ['{"a":{"b":1,"\\u0062":2}}', 'duplicate_key', '/a/b'],
    ['['.repeat(65) + ']'.repeat(65), 'too_deep', '/0'.repeat(64)],
    ['['.repeat(100_000), 'malformed_json', ''],
    ['['.repeat(10_000) + ']'.repeat(10_000), 'too_deep', '/0'.repeat(64)],
  ] as const)('%.20s is refused with 400 %s (R-10)', async ([body, code, path]) => {
    const { call, started } = await openDoor()
    const response = await call({ body, headers: { 'content-type': 'application/json' } })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ code, issues: [{ code, path, severity: 'error' }] })
    expect(started).toEqual([])
  })

  it('of as many keys as fit is read, and one long string too (R-10)', async () => {
    const { call, started } = await openDoor()
    const keys = Object.fromEntries(Array.from({ length: 90_000 }, (_, n) => [`k${n}`, 0]))
    for (const body of [JSON.stringify(keys), JSON.stringify('x'.repeat(1_000_000))]) {
      expect((await call({ body, headers: { 'content-type': 'application/json' } })).status).toBe(200)
    }
    expect(started).toHaveLength(2)
  })

  it('that is not UTF-8 is refused with 400', async () => {
    const { call } = await openDoor()
    const response = await call({
      body: new Uint8Array([34, 0xff, 34]),
      headers: { 'content-type': 'application/json' },
    })
    expect(response.status).toBe(400)
  })

  it('may name __proto__ without changing any object (T-10, R-10)', async () => {
    const { call, started } = await openDoor()
    await call({ body: '{"__proto__":{"polluted":true}}', headers: { 'content-type': 'application/json' } })
    await call({ body: '__proto__=x&constructor=y', headers: { 'content-type': 'application/x-www-form-urlencoded' } })
    expect(started.map(({ payload }) => payload)).toEqual([
      '{"__proto__":{"polluted":true}}',
      '{"__proto__":"x","constructor":"y"}',
    ])
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })
})

describe('the size of a call', () => {
  it('a body of exactly 1 MiB is accepted', async () => {
    const { call } = await openDoor()
    expect((await call({ body: 'a'.repeat(MIB), headers: { 'content-type': 'text/plain' } })).status).toBe(200)
  })

  it.for([
    ['declared', { body: 'a'.repeat(MIB + 1) }],
    ['streamed without a length', { body: streamOf(MIB + 1), duplex: 'half' }],
    ['streamed without an end', { body: streamOf(200 * MIB), duplex: 'half' }],
    ['longer than declared', { body: 'a'.repeat(MIB + 1), headers: { 'content-length': '5' } }],
    ['declared only', { body: 'a', headers: { 'content-length': String(MIB + 1) } }],
  ] as const)('a body over 1 MiB, %s, is refused with 413 (R-08)', async ([, init]) => {
    const { call, asked } = await openDoor()
    const headers = { 'content-type': 'text/plain', ...('headers' in init ? init.headers : {}) }
    const response = await call({ ...init, headers } as RequestInit)
    expect(response.status).toBe(413)
    expect(await response.json()).toMatchObject({ code: 'body_too_large' })
    expect(asked).toEqual([])
  })

  it('a compressed body is read after inflating', async () => {
    const { call, started } = await openDoor()
    const body = await gzip(new TextEncoder().encode('{"a":1}'))
    await call({ body, headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' } })
    expect(started[0]!.payload).toBe('{"a":1}')
  })

  it('a compressed body that inflates beyond 1 MiB is refused with 413 (R-09, T-31)', async () => {
    const { call, started } = await openDoor()
    const body = await gzip(new Uint8Array(20 * MIB))
    const response = await call({ body, headers: { 'content-type': 'text/plain', 'content-encoding': 'gzip' } })
    expect(response.status).toBe(413)
    expect(started).toEqual([])
  })

  it.for([
    ['gzip', 400],
    ['br', 415],
    ['gzip, gzip', 415],
  ] as const)('a body that claims to be %s and is not is refused', async ([encoding, status]) => {
    const { call } = await openDoor()
    const response = await call(jsonBody({ a: 1 }, { 'content-encoding': encoding }))
    expect(response.status).toBe(status)
  })

  it('headers over 32 KB are refused with 431', async () => {
    const { call, asked } = await openDoor()
    const response = await call(jsonBody({}, { 'x-a': 'a'.repeat(20_000), 'x-b': 'b'.repeat(13_000) }))
    expect(response.status).toBe(431)
    expect(await response.json()).toMatchObject({ code: 'headers_too_large' })
    expect(asked).toEqual([])
  })
})
