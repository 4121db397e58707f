import { describe, expect, it } from 'vitest'
import { canonicalJson } from '#core/kernel/canonical-json'
import { nearest } from '#core/kernel/nearest'
import { appendPointer, pointerKeys, pointerOf, readPointer } from '#core/kernel/pointer'

describe('JSON Pointer', () => {
  it('escapes and unescapes what RFC 6901 says', () => {
    expect(pointerOf(['a/b', 0, 'm~n', ''])).toBe('/a~1b/0/m~0n/')
    expect(pointerKeys('/a~1b/0/m~0n/')).toEqual(['a/b', '0', 'm~n', ''])
    expect(appendPointer('', '~1')).toBe('/~01')
  })

  it('reads own properties only', () => {
    expect(readPointer({ a: [{ b: 1 }] }, '/a/0/b')).toBe(1)
    expect(readPointer({ a: 1 }, '')).toEqual({ a: 1 })
    expect(readPointer({}, '/toString')).toBe(undefined)
    expect(readPointer([], '/length/x')).toBe(undefined)
  })
})

describe('canonicalJson', () => {
  it('equal values give equal text', () => {
    expect(canonicalJson({ b: [1, { d: null, c: 'é' }], a: true })).toBe('{"a":true,"b":[1,{"c":"é","d":null}]}')
    expect(canonicalJson({ b: 1, a: 2 })).toBe(canonicalJson({ a: 2, b: 1 }))
  })
})

describe('nearest', () => {
  it.for([
    ['depend_on', 'depends_on'],
    ['dependsOn', 'depends_on'],
    ['http-requst', 'http_request'],
    ['zzz', null],
    ['iff_true', 'if_true'],
  ] as const)('%s → %s', ([name, expected]) => {
    expect(nearest(name, ['depends_on', 'if_true', 'if_false', 'http_request'])).toBe(expected)
  })
})
