import { describe, expect, it } from 'vitest'
import { compileValue } from '#core/expression/compile-value'
import { scopeOf } from './scope'

const scope = scopeOf({ input: { a: 1, b: [true] }, stages: { one: { output: { x: null } } } })

describe('compileValue', () => {
  it('replaces expressions wherever strings stand and keeps everything else', () => {
    const compiled = compileValue({
      url: 'https://x/{{ input.a }}',
      body: { list: ['{{ input.b }}', 2, null, '{{ input.no }}'] },
      n: 3,
    })
    expect(compiled.ok && compiled.value.evaluate(scope)).toEqual({
      ok: true,
      value: { url: 'https://x/1', body: { list: [[true], 2, null, null] }, n: 3 },
    })
  })

  it('names the place and the expression that failed', () => {
    const compiled = compileValue({ headers: { 'X-~/Id': 'a{{ stages.one.output.x }}' } })
    expect(compiled.ok && compiled.value.evaluate(scope)).toEqual({
      ok: false,
      error: {
        code: 'null_in_text',
        message: 'stages.one.output.x is null and cannot be part of a text',
        hint: "Give it a default: stages.one.output.x ?? ''.",
        expression: 'stages.one.output.x',
        path: '/headers/X-~0~1Id',
      },
    })
  })

  it('reports every string that does not compile', () => {
    const compiled = compileValue({ a: '{{ }}', b: ['fine', '{{ 1 + }}'] })
    expect(!compiled.ok && compiled.error.map(({ path, at }) => [path, at])).toEqual([
      ['/a', 3],
      ['/b/1', 7],
    ])
  })

  it('a value without expressions is constant and the same object each time', () => {
    const value = { a: ['b', { c: 1 }] }
    const compiled = compileValue(value)
    if (!compiled.ok) throw new Error('it failed')
    expect(compiled.value.constant).toBe(true)
    const result = compiled.value.evaluate(scope)
    expect(result.ok && result.value).toBe(value)
  })

  it('references carry their place', () => {
    const compiled = compileValue({ a: { b: '{{ vars.X }}' } })
    expect(compiled.ok && compiled.value.references).toEqual([
      { kind: 'variable', name: 'X', optional: false, at: 3, path: '/a/b' },
    ])
  })
})
