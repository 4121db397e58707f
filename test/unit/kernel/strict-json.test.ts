import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { JSON_DEPTH_MAX, parseStrictJson } from '#core/kernel/strict-json'
import { LIMITS } from '#core/model/limits'

const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)

describe('parseStrictJson', () => {
  it('agrees with JSON.parse on whatever JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8 }), fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
        const text = JSON.stringify(value, null, indent)
        expect(parseStrictJson(text)).toEqual({ ok: true, value: JSON.parse(text) as unknown })
      }),
    )
  })

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(parseStrictJson(text)).toHaveProperty('ok')
      }),
    )
  })

  it.for([
    ['{"a":1,"a":2}', '/a'],
    ['{"x":[{},{"b":{"c":1, "\\u0063" : 2}}]}', '/x/1/b/c'],
    ['{"a\\"b":1,"a\\"b":2}', '/a"b'],
    ['{"":1,"":2}', '/'],
    ['{"__proto__":1,"__proto__":2}', '/__proto__'],
    ['{"v":"a:{\\\\","k":1,"k":1}', '/k'],
    ['[[],[{"a/b":0},{"a/b":0,"a/b":0}]]', '/1/1/a~1b'],
  ])('a key written twice is refused by its place: %s', ([text, path]) => {
    expect(parseStrictJson(text!)).toMatchObject({ ok: false, error: { code: 'json_duplicate_key', path } })
  })

  it.for(['{"a":{"a":1},"b":"a","c":["a","a"]}', '{"a":"\\"a\\":1,\\"a\\":2"}', '{"k":"{[:,"}', '""', ' [ ] '])(
    'what only looks repeated is accepted: %s',
    (text) => {
      expect(parseStrictJson(text)).toEqual({ ok: true, value: JSON.parse(text) as unknown })
    },
  )

  it('64 levels are accepted, 65 are not', () => {
    expect(JSON_DEPTH_MAX).toBe(LIMITS.jsonDepthMax)
    expect(parseStrictJson(nested(64)).ok).toBe(true)
    expect(parseStrictJson(`{"a":${nested(64)}}`)).toMatchObject({
      error: { code: 'json_too_deep', path: `/a${'/0'.repeat(63)}` },
    })
    expect(parseStrictJson(nested(200_000))).toMatchObject({ ok: false })
  })

  it.for(['1e400', '{"a":[-1e999]}', `{"a":${'9'.repeat(400)}}`])(
    'a number that would become infinite is refused, not changed: %s',
    (text) => {
      expect(parseStrictJson(text)).toMatchObject({ ok: false, error: { code: 'json_malformed' } })
    },
  )

  it.for(['', '{', '{"a":1,}', "{'a':1}", 'NaN', '01', '[1] x', '"\n"'])(
    'what is not JSON is malformed: %j',
    (text) => {
      expect(parseStrictJson(text)).toMatchObject({ ok: false, error: { code: 'json_malformed', path: '' } })
    },
  )

  it('__proto__ is an own key and pollutes nothing', () => {
    const result = parseStrictJson('{"__proto__":{"polluted":true}}')
    if (!result.ok) throw new Error('it failed')
    expect(Object.hasOwn(result.value as object, '__proto__')).toBe(true)
    expect(Object.getPrototypeOf(result.value)).toBe(Object.prototype)
    expect(({} as Record<string, unknown>)['polluted']).toBe(undefined)
  })
})
