import { describe, expect, it } from 'vitest'
import { encodeBody, type BodyType } from '#core/components/request-body'
import type { Json } from '#core/kernel/json'

function encoded(body: Json, type?: BodyType) {
  const result = encodeBody(body, type, undefined, 'exec_1:call')
  if (!result.ok) throw new Error(result.error.message)
  const { content, contentType } = result.value
  return { contentType, content: typeof content === 'string' ? content : new TextDecoder('latin1').decode(content) }
}

/** What a standard reader of forms makes of a multipart body. */
async function fieldsOf(body: Json): Promise<Record<string, unknown>[]> {
  const result = encodeBody(body, 'multipart', undefined, 'exec_1:call')
  if (!result.ok) throw new Error(result.error.message)
  const { content, contentType } = result.value
  const form = await new Response(content as BodyInit, { headers: { 'content-type': contentType } }).formData()
  return Promise.all(
    [...form].map(async ([name, value]) =>
      typeof value === 'string'
        ? { name, value }
        : { name, filename: value.name, type: value.type, bytes: [...new Uint8Array(await value.arrayBuffer())] },
    ),
  )
}

describe('a request body', () => {
  it.for([
    [{ a: 1 }, undefined, '{"a":1}', 'application/json'],
    ['plain', undefined, 'plain', 'text/plain;charset=UTF-8'],
    ['plain', 'json', '"plain"', 'application/json'],
    [{ a: 1 }, 'text', '{"a":1}', 'text/plain;charset=UTF-8'],
    [{ a: [1, 'b c'], d: null, 'e&': true }, 'form', 'a=1&a=b%20c&e%26=true', 'application/x-www-form-urlencoded'],
    ['a=1', 'form', 'a=1', 'application/x-www-form-urlencoded'],
    ['/wAB', 'binary', '\u00ff\u0000\u0001', 'application/octet-stream'],
  ] as const)('%j of type %s goes out as %j', ([body, type, content, contentType]) => {
    expect(encoded(body, type)).toEqual({ content, contentType })
  })

  it.for([
    [[1], 'form'],
    ['not base64!', 'binary'],
    [{ a: 1 }, 'binary'],
    ['text', 'multipart'],
    [{ file: { filename: 'a', base64: '!' } }, 'multipart'],
    [{ file: { filename: 'a', content_type: 'text/plain\r\nX: y', text: '' } }, 'multipart'],
  ] as const)('%j is no body of type %s', ([body, type]) => {
    const result = encodeBody(body, type, undefined, 'seed')
    expect(result).toMatchObject({ ok: false, error: { code: 'body_invalid', hint: expect.any(String) } })
  })

  it('of fields and files is read by others as it was meant', async () => {
    const file = { filename: 'r"é.bin', content_type: 'application/pdf', base64: '/wAB' }
    expect(await fieldsOf({ name: 'Ann', tags: ['x', 'y'], none: null, meta: { a: 1 }, file })).toEqual([
      { name: 'name', value: 'Ann' },
      { name: 'tags', value: 'x' },
      { name: 'tags', value: 'y' },
      { name: 'meta', value: '{"a":1}' },
      { name: 'file', filename: expect.stringContaining('é.bin'), type: 'application/pdf', bytes: [255, 0, 1] },
    ])
    const note = { filename: 'n.txt', content_type: 'text/plain', text: 'hi' }
    expect(await fieldsOf({ note })).toEqual([
      { name: 'note', filename: 'n.txt', type: 'text/plain', bytes: [104, 105] },
    ])
  })

  it('cannot be ended early by what a field or a name holds', async () => {
    const { contentType } = encoded({ a: 'x' }, 'multipart')
    const boundary = /boundary=(.+)$/.exec(contentType)?.[1] ?? ''
    const tricky = { a: `--${boundary}--\r\n`, 'b"\r\nX-Evil: 1\r\n': 'c' }
    const fields = await fieldsOf(tricky)
    expect(fields.map(({ value }) => value)).toEqual([tricky.a, 'c'])
  })

  it('is the same in every attempt (I5)', () => {
    const body = { a: 'x', file: { filename: 'f', base64: '/wAB' } }
    expect(encoded(body, 'multipart')).toEqual(encoded(body, 'multipart'))
  })
})
