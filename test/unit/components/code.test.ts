import { describe, expect, it } from 'vitest'
import { codeModule } from '#core/components/code-module'
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

  it('is refused, not crashed on, however deep it is nested', () => {
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

describe('the module a source is run as', () => {
  it.for([
    'export default function () {\n  return 1\n}\n',
    'export const a = 1\nexport default /* here */ async (n) => n\n',
    'const a = 1\n\nreturn a',
    'class A {}\nexport {\n  A,\n  A as default,\n}\n',
  ])('keeps every line and column of it: %s', (source) => {
    const lines = codeModule(source).split('\n').slice(1)
    for (const [i, line] of source.split('\n').entries()) {
      const kept = lines[i] ?? ''
      for (const word of line.replace(/export|default|\/\*.*?\*\/|[{},]/g, ' ').match(/\w+/g) ?? []) {
        if (line.startsWith('  A')) continue
        expect(kept.indexOf(word)).toBe(line.replace(/\/\*.*?\*\//g, (text) => ' '.repeat(text.length)).indexOf(word))
      }
    }
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
