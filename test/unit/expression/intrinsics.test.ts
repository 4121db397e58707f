import { describe, expect, it } from 'vitest'
import { compileTemplate } from '#core/expression/compile-template'
import { compileValue } from '#core/expression/compile-value'
import { FUNCTIONS } from '#core/expression/functions/index'
import type { Json } from '#core/kernel/json'
import { evaluate } from './evaluate'
import { scopeOf } from './scope'

const ids = new WeakMap<object, number>()
let objects = 0

/** The same number for the same object, so that one that was swapped for another shows. */
function idOf(one: object): number {
  const id = ids.get(one) ?? ++objects
  ids.set(one, id)
  return id
}

/** Everything that can be reached from what the language brings along, written down. Runs no getter. */
function intrinsics(): string {
  const seen = new Set<object>()
  const lines: string[] = []
  const nameOf = (value: unknown) =>
    (typeof value === 'object' && value !== null) || typeof value === 'function' ? `#${idOf(value)}` : String(value)
  const visit = (one: unknown) => {
    if ((typeof one !== 'object' && typeof one !== 'function') || one === null || seen.has(one)) return
    seen.add(one)
    lines.push(`#${idOf(one)} of #${nameOf(Object.getPrototypeOf(one))} ${Object.isExtensible(one)}`)
    for (const key of Reflect.ownKeys(one)) {
      const descriptor = Object.getOwnPropertyDescriptor(one, key) as Record<string, unknown>
      const { value, get, set, ...flags } = descriptor
      lines.push(`#${idOf(one)}.${String(key)} ${[value, get, set].map(nameOf).join(' ')} ${JSON.stringify(flags)}`)
      for (const inner of [value, get, set]) visit(inner)
    }
    visit(Object.getPrototypeOf(one))
  }
  const roots = [Object, Function, Array, String, Number, Boolean, Symbol, BigInt, Date, RegExp, JSON, Math, Reflect]
  const more = [Promise, Map, Set, WeakMap, Error, TypeError, RangeError, Uint8Array, TextEncoder, Intl, URL, Proxy]
  for (const root of [...roots, ...more]) visit(root)
  for (const made of [[].values(), new Map().entries(), 'a'.matchAll(/a/g)]) visit(Object.getPrototypeOf(made))
  visit(Object.getPrototypeOf(function* () {}))
  return lines.join('\n')
}

const KEYS = ['__proto__', 'constructor', 'prototype', 'toString', 'polluted', 'length', 'a']
const payload = () =>
  JSON.parse(
    `{ "a": 1, "list": [3, 1, 2], "deep": { "list": [{ "a": 2 }, { "a": 1 }] }, "text": "b,a",
       "__proto__": { "polluted": true }, "constructor": { "prototype": { "polluted": true } } }`,
  ) as Json

/** Calls of every function with what pollutes, and reads and writes of every hostile name: more than a thousand. */
function hostileTexts(): readonly string[] {
  const values = ['input', 'input.list', 'input.deep', 'input.deep.list', 'input.text', 'from_json(to_json(input))']
  const calls = [...FUNCTIONS.values()].flatMap(({ name, argsMax }) =>
    values.flatMap((value) =>
      KEYS.map((key) => `{{ ${name}(${[value, `'${key}'`, value, '1'].slice(0, Math.min(argsMax, 4)).join(', ')}) }}`),
    ),
  )
  const reads = KEYS.flatMap((key) => values.map((value) => `{{ ${value}['' + '${key}'] }}`))
  return [...calls, ...reads, ...KEYS.map((key) => `{{ merge(input, from_json('{"${key}":{"polluted":1}}')) }}`)]
}

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(frozen)
  return value
}

describe('what hostile expressions leave behind (T-02)', () => {
  it('is nothing: no intrinsic is another one after more than a thousand of them', () => {
    const before = intrinsics()
    const texts = hostileTexts()
    let evaluated = 0
    for (const text of texts) {
      const template = compileTemplate(text)
      if (template.ok) evaluated += template.value.evaluate(scopeOf({ input: payload() })).ok ? 1 : 0
    }
    expect(texts.length).toBeGreaterThan(1_000)
    expect(evaluated).toBeGreaterThan(200)
    expect(intrinsics() === before).toBe(true)
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  it('is nothing in what they read: a payload that cannot be written to gives the same answers', () => {
    const fixed = scopeOf({ input: frozen(payload()) })
    for (const text of hostileTexts()) {
      expect(evaluate(text, fixed), text).toEqual(evaluate(text, scopeOf({ input: payload() })))
    }
    expect(fixed.input).toEqual(payload())
  })

  it('is nothing for the next execution: a compiled value answers as the first time', () => {
    const compiled = compileValue({ sorted: '{{ sort(input.list) }}', hi: 'hi {{ input.a }}', all: '{{ input }}' })
    if (!compiled.ok) throw new Error('it did not compile')
    const first = compiled.value.evaluate(scopeOf({ input: payload() }))
    for (const text of hostileTexts().slice(0, 300)) evaluate(text, scopeOf({ input: payload() }))
    expect(compiled.value.evaluate(scopeOf({ input: payload() }))).toEqual(first)
    expect(first).toMatchObject({ ok: true, value: { sorted: [1, 2, 3], hi: 'hi 1' } })
  })

  it('shows when there is something: the search notices a changed prototype', () => {
    const before = intrinsics()
    Object.defineProperty(Object.prototype, 'polluted', { value: 1, configurable: true, enumerable: false })
    const during = intrinsics()
    delete (Object.prototype as Record<string, unknown>)['polluted']
    expect([during === before, intrinsics() === before]).toEqual([false, true])
  })
})
