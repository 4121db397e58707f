import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileTemplate } from '#core/expression/compile-template'
import { compileValue } from '#core/expression/compile-value'
import { FUNCTIONS } from '#core/expression/functions/index'
import type { Json } from '#core/kernel/json'
import { evaluate } from './evaluate'
import { scopeOf } from './scope'

const fragments = fc.constantFrom(
  ...[
    '{{',
    '}}',
    '(',
    ')',
    '[',
    ']',
    '.',
    '?.',
    '??',
    '?',
    ':',
    '+',
    '-',
    '*',
    '/',
    '%',
    '!',
    '==',
    '<',
    '&&',
    ',',
  ].concat(
    ['input', 'vars.A', 'stages.b', 'item', 'x', '__proto__', 'constructor', '0', '1.5', ' ', '\\', '"', 'null', "'a'"],
    [...FUNCTIONS.keys()].map((name) => `${name}(`),
  ),
)
const hostileText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fragments, { maxLength: 20 }).map((parts) => parts.join('')),
  fc.array(fragments, { maxLength: 20 }).map((parts) => `{{ ${parts.join(' ')} }}`),
)

/** Calls of every function with values of every kind. */
const calls = fc
  .tuple(
    fc.constantFrom(...FUNCTIONS.values()),
    fc.array(fc.constantFrom('input.a', 'input.b', "'x'", '2', '-1', 'null', '[1, 2]', 'input', "'days'"), {
      maxLength: 4,
    }),
  )
  .map(([{ name }, args]) => `{{ ${name}(${args.join(', ')}) }}`)

function holdsOnlyJson(value: unknown): boolean {
  if (value === null || ['boolean', 'number', 'string'].includes(typeof value)) return true
  return typeof value === 'object' && Object.values(value as object).every(holdsOnlyJson)
}

describe('text and data from outside', () => {
  it('no text makes the compiler throw (T-01)', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(compileTemplate(text)).toHaveProperty('ok')
      }),
      { numRuns: 3_000 },
    )
  })

  it('no data makes an evaluation throw or yield anything but JSON (T-01)', () => {
    fc.assert(
      fc.property(fc.oneof(hostileText, calls), fc.jsonValue(), fc.jsonValue(), (text, a, b) => {
        const template = compileTemplate(text)
        if (!template.ok) return
        const result = template.value.evaluate(scopeOf({ input: { a, b } as Json, vars: { A: a as Json } }))
        expect(!result.ok || holdsOnlyJson(result.value)).toBe(true)
      }),
      { numRuns: 3_000 },
    )
  })

  it.for(['toString', 'hasOwnProperty', 'valueOf', '__defineGetter__', 'at', 'map'])(
    'no path leads to .%s (T-01)',
    (name) => {
      const scope = scopeOf({ input: { list: [], text: '', object: {} } })
      for (const holder of ['input', 'input.list', 'input.text', 'input.object', 'execution']) {
        expect(evaluate(`{{ ${holder}['${name.slice(0, 2)}' + '${name.slice(2)}'] }}`, scope)).toBe(null)
      }
      expect(evaluate(`{{ stages.${name} }}`, scope)).toMatch(/^missing_stage/)
      expect(evaluate(`{{ vars.${name} }}`, scope)).toMatch(/^missing_variable/)
    },
  )

  it('an own __proto__ key of a payload stays data and changes no prototype (T-10)', () => {
    const payload = JSON.parse('{"__proto__": {"admin": true}, "a": 1}') as Json
    const compiled = compileValue(JSON.parse('{"__proto__": "{{ input.a }}", "copy": "{{ input }}"}') as Json)
    const result = compiled.ok && compiled.value.evaluate(scopeOf({ input: payload }))
    if (!result || !result.ok) throw new Error('it failed')
    expect(Object.keys(result.value as object)).toEqual(['__proto__', 'copy'])
    expect(Object.getPrototypeOf(result.value)).toBe(Object.prototype)
    expect(evaluate('{{ input.admin }}', scopeOf({ input: payload }))).toBe(null)
    expect(evaluate('{{ merge(input, input).admin }}', scopeOf({ input: payload }))).toBe(null)
  })

  it('a payload that looks like an expression is never expanded (T-03)', () => {
    const scope = scopeOf({ input: { text: '{{ secrets.TOKEN }}' }, secrets: { TOKEN: 'leak' } })
    expect(evaluate('{{ input.text }}', scope)).toBe('{{ secrets.TOKEN }}')
    expect(evaluate('say {{ input.text }}', scope)).toBe('say {{ secrets.TOKEN }}')
  })

  it('work and size are bounded (T-30)', () => {
    const big = 'a'.repeat(5_000_000)
    const scope = scopeOf({ input: { big, list: Array.from({ length: 60_000 }, (_, i) => i), deep: nested(20_000) } })
    expect(evaluate('{{ input.big + input.big + input.big }}', scope)).toMatch(
      /^limit_exceeded: It makes a text longer/,
    )
    expect(evaluate("{{ replace(input.big, 'a', input.big) }}", scope)).toMatch(/^limit_exceeded/)
    expect(evaluate("{{ pad_start('a', 1e12) }}", scope)).toMatch(/^limit_exceeded/)
    expect(evaluate('{{ length(concat(input.list, input.list)) }}', scope)).toMatch(
      /^limit_exceeded: It takes more than/,
    )
    expect(evaluate('{{ input.deep == [input.deep] }}', scope)).toMatch(/^limit_exceeded|false/)
    expect(evaluate("{{ matches(input.big, '(a+)+$b') }}", scope)).toBe(false)
  })
})

function nested(depth: number): Json {
  let value: Json = []
  for (let i = 0; i < depth; i++) value = [value]
  return value
}
