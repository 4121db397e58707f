import { describe, expect, it } from 'vitest'
import { codeModule, placeInSource } from '#core/components/code-module'
import { readCode } from '#core/components/code-source'
import { compilePlan } from '#core/definition/plan'
import { Workflow } from '#core/definition/document'
import type { Json } from '#core/kernel/json'
import { documentOf, findings } from '../definition/documents'

const stage = (config: object) => ({ id: 'sum', component: 'code', config })
const deployed = (config: object, environment?: { variables: Set<string>; secrets: Set<string>; name: string }) =>
  findings(documentOf([stage(config)]), { mode: 'deploy', ...(environment && { environment }) })

const IMPORT_HINT = 'Code stages cannot load modules. Web APIs such as fetch, crypto, URL and TextEncoder are there.'
const SYNTAX_HINT = 'Code is JavaScript of a module; types and JSX are not understood.'

describe('the source of a code stage', () => {
  it('is refused with line and column when it does not parse', () => {
    expect(deployed({ source: 'export default async function (inputs) {\n  return inputs..x\n}' })).toEqual([
      `code_syntax /stages/0/config/source: Unexpected token (line 2, column 17) | ${SYNTAX_HINT}`,
    ])
    expect(deployed({ source: 'const n: number = 1\nreturn n' })).toEqual([
      `code_syntax /stages/0/config/source: Unexpected token (line 1, column 8) | ${SYNTAX_HINT}`,
    ])
  })

  it.for([
    ["import fs from 'node:fs'\nexport default () => fs", 1, 1],
    ["export default async () => {\n  const { connect } = await import('cloudflare:sockets')\n}", 2, 29],
    ["const net = await import('node:net')\nreturn net", 1, 19],
    ['export default () => import.meta.url', 1, 22],
    ["export * from './other.js'\nexport default () => 1", 1, 1],
    ["export { a as default } from './a.js'", 1, 1],
  ])('is refused when it reaches for a module: %s', ([source, line, column]) => {
    expect(deployed({ source })).toEqual([
      `code_import /stages/0/config/source: It imports a module (line ${line}, column ${column}) | ${IMPORT_HINT}`,
    ])
  })

  it('is refused when nothing in it can be called', () => {
    expect(deployed({ source: 'function main() { return 1 }' })).toEqual([
      expect.stringMatching(
        /^code_no_entry \/stages\/0\/config\/source: .*\(line 1, column 1\) \| Write export default/,
      ),
    ])
  })

  it.for([
    'export default () => 1',
    'export default async function main(inputs, { secrets }) { return secrets }',
    'function f() {}\nexport { f as default }',
    'return 1',
    'await fetch("https://a.test")\nreturn null',
  ])('may be %s', (source) => {
    expect(deployed({ source })).toEqual([])
  })

  it('is refused, not crashed on, however deep it is nested (T-30)', () => {
    const nested = readCode(`return ${'['.repeat(50_000)}`)
    expect(nested).toMatchObject({ ok: false, error: { code: 'code_syntax' } })
  })

  it('is taken as written: braces in it are no expression', () => {
    const source = 'const a = {{}}\nreturn `{{ input.missing }} {{ nonsense( }}` // {{ secrets.NONE }}'.replace(
      '{{}}',
      '{}',
    )
    expect(deployed({ source })).toEqual([])
    const plan = compilePlan(Workflow.parse(documentOf([stage({ source, inputs: { n: '{{ input.n }}' } })])))
    const planned = plan.stages.get('sum')
    expect(planned?.raw).toEqual({ source })
    expect(planned?.config.references.map(({ kind }) => kind)).toEqual(['input'])
  })

  it('may not hold a credential', () => {
    const token = `ghp_${'a'.repeat(36)}`
    expect(deployed({ source: `return '${token}'` })).toEqual([
      expect.stringMatching(/^credential_literal \/stages\/0\/config\/source/),
    ])
  })
})

describe('the secrets of a code stage', () => {
  const environment = { name: 'staging', variables: new Set<string>(), secrets: new Set(['API_KEY']) }

  it('are checked by name in the target environment', () => {
    expect(deployed({ source: 'return 1', secrets: ['API_KEY'] }, environment)).toEqual([])
    expect(deployed({ source: 'return 1', secrets: ['API_KEY', 'API_KEI'] }, environment)).toEqual([
      'unset_secret /stages/0/config/secrets/1: The secret “API_KEI” is not set in staging | Did you mean secrets.API_KEY?',
    ])
  })

  it('are among what a version needs', () => {
    const plan = compilePlan(
      Workflow.parse(documentOf([stage({ source: 'return 1', secrets: ['B'], inputs: '{{ secrets.A }}' })])),
    )
    expect(plan.needs.secrets).toEqual(['A', 'B'])
  })

  it('are names, not values', () => {
    expect(deployed({ source: 'return 1', secrets: ['{{ secrets.A }}'] })).toEqual([
      expect.stringMatching(/ \/stages\/0\/config\/secrets\/0: Not the name of a secret/),
    ])
    expect(deployed({ source: 'return 1', secrets: 'A' as unknown as Json })).toEqual([
      expect.stringMatching(/^wrong_type \/stages\/0\/config\/secrets/),
    ])
  })
})

/** Line and column, from 1, of every word such as `m1` in a text. */
function marks(text: string): Map<string, { line: number; column: number }> {
  const found = [...text.matchAll(/\bm\d+\b/g)].map(({ 0: word, index }) => {
    const before = text.slice(0, index).split(/\r\n|[\n\r\u2028\u2029]/)
    return [word, { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }] as const
  })
  return new Map(found)
}

describe('the module a source is run as', () => {
  it.for([
    'export default function () {\n  return m1\n}\n',
    'export const m1 = 1\nexport default /* here */ async (n) => n + m2\nconst m3 = 1',
    'export default (n) => m1(n) ; m2()',
    'const m1 = 1\r\n\r\nreturn m1.m2',
    'class C {}\nexport {\n  C as default,\n}\nm1()',
    'for (const m1 of [1]) m2(m1)\nwhile (m3) { m4() } do m5(); while (m6)\nreturn m7',
    'return [1].map((n) => m1 + n).map((n) => ({ m2 })).map(function (n) { return m3 }).map(async (n) => (n) => m4), m5',
    'for (;;) while (m1) if (m2) for (const k in m3) m4 = () => m5; else m6\nreturn m7',
    'const o = { get m1() { return m2 }, m3(n) { for (;;) break; return m4 } }; class A { static { while (m5) break } m6 = () => m7 }\nreturn m8',
    'return `${(() => m1)()} ${m2}` // m3\u2028+ m4',
  ])('leads back to every line and column of it: %s', (source) => {
    const written = marks(source)
    const run = marks(codeModule(source))
    expect(written.size).toBeGreaterThan(0)
    for (const [word, place] of written) {
      const there = run.get(word) ?? { line: 0, column: 0 }
      expect([word, placeInSource(source, there)]).toEqual([word, place])
    }
  })

  it('has places that are not of the source: before it and behind it', () => {
    expect(placeInSource('return 1', { line: 1, column: 1 })).toBeNull()
    expect(placeInSource('return 1', { line: 3, column: 4 })).toBeNull()
  })

  it('passes by a pause in every round of a loop and in every function, and means the same', async () => {
    const source = `
      let n = 0
      for (let i = 0; i < 3; i++) n++
      for (const _ of [1, 2]) { n++ }
      for (const _ in { a: 1 }) n++
      while (n < 9) n++
      do n++
      while (n < 12)
      outer: for (;;) for (;;) break outer
      if (n > 100) while (true) n++
      else n++
      const add = (a) => (b) => ({ sum: a + b })
      function fib(k) { return k < 2 ? k : fib(k - 1) + fib(k - 2) }
      class A { #x = 1; get x() { return this.#x } static of() { return new A() } }
      return { n, sum: add(1)(2).sum, fib: fib(6), x: A.of().x }`
    const module = `data:text/javascript,${encodeURIComponent(codeModule(source))}`
    type Factory = (...own: unknown[]) => Promise<(...args: unknown[]) => unknown>
    const { default: factory } = (await import(/* @vite-ignore */ module)) as { default: Factory }
    let pauses = 0
    const main = await factory({}, {}, {}, {}, () => void pauses++)
    expect(await main({}, {})).toEqual({ n: 13, sum: 3, fib: 8, x: 1 })
    expect(pauses).toBeGreaterThan(40)
  })

  it.for([
    '} }; throw 1; () => { {',
    'return 1 }).call(); (function () {',
    '*/ return 1 /*',
    '}',
    '#!/usr/bin/env node',
  ])('cannot be left by a source that closes more than it opens: %s', (source) => {
    expect(readCode(source).ok).toBe(false)
    expect(() => codeModule(source)).toThrow('Invariant broken')
  })
})
