import { describe, expect, it } from 'vitest'
import { compileTemplate } from '#core/expression/compile-template'
import { FUNCTIONS } from '#core/expression/functions/index'
import { evaluate } from './evaluate'
import { scopeOf } from './scope'

/** What got out of the sandboxes of other products, and its relatives: none of it is an expression here. */
const WRITTEN = [
  "constructor.constructor('return this')()",
  "''.constructor.constructor('return process')()",
  "''['constructor']",
  '"".constructor',
  "input['constructor']['constructor']('return 1')()",
  'input.constructor',
  'input.__proto__',
  "input['__proto__'].polluted",
  'input.a.prototype',
  'input?.constructor',
  "input?.['__proto__']",
  "stages.prepare.constructor.constructor('1')()",
  "stages['__proto__'].output",
  'vars.__proto__',
  'vars.constructor',
  'secrets.prototype',
  "secrets['__proto__']",
  'execution.constructor',
  '[].at.constructor',
  '[].at(0)',
  "[]['at']['constructor']",
  "'abc'.at(0)",
  'input.toString()',
  "input.list.map(x => x.constructor('return this')())",
  '(() => globalThis)()',
  'function () { return this }',
  '(function () { return this })()',
  'class { static { globalThis.x = 1 } }',
  'new Function("return this")()',
  'new Date()',
  'eval("1")',
  "Function('return this')()",
  "require('child_process').execSync('id')",
  "import('node:fs')",
  'import.meta.url',
  'this',
  'this.constructor',
  'globalThis',
  'self',
  'window.location',
  'process.env',
  'process.mainModule.require',
  'arguments.callee',
  'with (input) { a }',
  '`${input.a}`',
  '`a`.constructor',
  'upper`a`',
  '{ get a() { return this } }',
  '{ ...input }',
  '[...input.list]',
  'upper(...input.list)',
  '{ __proto__: null }',
  'Symbol.iterator',
  'input[Symbol.iterator]',
  "Symbol.for('x')",
  'Object.getOwnPropertyDescriptor(input, "a")',
  'Object.assign(input, { a: 1 })',
  'Reflect.ownKeys(input)',
  'Proxy',
  'input.a = 1',
  'input.a += 1',
  'input.a++',
  'delete input.a',
  'typeof input',
  'void 0',
  "'a' in input",
  'input instanceof Object',
  'input, input',
  'a => a',
  'async () => 1',
  'await input',
  'yield input',
  'throw input',
  'let a = 1',
  'if (input) 1',
  'for (;;) {}',
  'while (1) {}',
  'debugger',
  'try { input } catch (e) { e }',
  'input; input',
  '1; process.exit()',
  '/* c */ input',
  '// c',
  '<!-- input',
  'input ||= 1',
  'input.#secret',
  '@input',
  '\\u0063onstructor',
  'input.\\u0063onstructor',
  'input.ｃonstructor',
  '/(a+)+$/.test(input.a)',
  '1n',
  '0x10',
  'secrets',
  'stages',
  'vars',
  'secrets[input.name]',
  "vars['A' + 'B']",
  'stages[input.id].output',
  'to_json(secrets)',
  'keys(vars)',
  'values(stages)',
] as const

/** Parts that are put together while an expression runs, so that no parser sees the word. */
const COMPUTED = ['__proto__', 'constructor', 'prototype']
const INHERITED = ['toString', 'valueOf', 'hasOwnProperty', '__defineGetter__', '__lookupGetter__', 'at', 'map', 'then']

const spell: readonly [string, (name: string) => string][] = [
  ['two texts', (name) => `'${name.slice(0, 3)}' + '${name.slice(3)}'`],
  [
    'escapes',
    (name) => `'${[...name].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}' + ''`,
  ],
  ['join', (name) => `join([${[...name].map((c) => `'${c}'`).join(', ')}], '')`],
  ['replace', (name) => `replace('${name.replaceAll('o', '0')}', '0', 'o')`],
  ['base64', (name) => `base64_decode('${btoa(name)}')`],
  ['url', (name) => `url_decode('${[...name].map((c) => `%${c.charCodeAt(0).toString(16)}`).join('')}')`],
  ['json', (name) => `from_json('["${name}"]')[0]`],
  ['the payload', (name) => `input.names['${name.slice(1)}']`],
  ['a list around it', (name) => `join(['${name.slice(0, 2)}', '${name.slice(2)}'], '')`],
]
const names = Object.fromEntries([...COMPUTED, ...INHERITED].map((name) => [name.slice(1), name]))
const scope = scopeOf({
  input: { a: 'x', list: [1], object: {}, names },
  trigger: { headers: { a: 'b' } },
  vars: { A: 'a' },
  secrets: { TOKEN: 'kept' },
  stages: { prepare: { output: { a: [] } } },
  item: { a: 1 },
  index: 0,
  output: { body: {} },
})
const HOLDERS = (
  'input | input.a | input.list | input.object | input.names | trigger | trigger.headers | execution | stages.prepare' +
  " | stages.prepare.output | item | index | output | vars.A | secrets.TOKEN | 'text' | [1] | (1 + 1)" +
  " | merge(input, input) | from_json('{}') | regex_find('a', 'a')"
).split(' | ')

/** What a value has of its own: text, numbers, lists and objects of those, and nothing that can be called. */
function isData(value: unknown): boolean {
  if (value === null || ['boolean', 'number', 'string'].includes(typeof value)) return true
  if (typeof value !== 'object') return false
  const maker = Object.getPrototypeOf(value) as unknown
  return (maker === Object.prototype || maker === Array.prototype) && Object.values(value).every(isData)
}

describe('an expression that looks for a way out (T-01)', () => {
  it.for(WRITTEN)('does not compile: %s', (text) => {
    expect(compileTemplate(`{{ ${text} }}`)).toMatchObject({ ok: false, error: { code: 'expression_invalid' } })
    expect(compileTemplate(`before {{ ${text} }} after`).ok).toBe(false)
    expect(compileTemplate(`{{ ${text} ?? 1 }}`).ok).toBe(false)
  })

  it.for(spell)('finds nothing by a name made of %s', ([, expression]) => {
    for (const holder of HOLDERS) {
      for (const name of COMPUTED) {
        const found = evaluate(`{{ ${holder}[${expression(name)}] }}`, scope)
        if (found !== null) expect(found).toBe(`forbidden_name: The name ${name} cannot be read`)
      }
      for (const name of INHERITED) expect(evaluate(`{{ ${holder}[${expression(name)}] }}`, scope), holder).toBe(null)
    }
  })

  it('gets data and nothing else from every function, whatever hostile names it is handed', () => {
    const hostile = [...COMPUTED, ...INHERITED].map((name) => `'${name}'`)
    for (const { name, argsMin, argsMax } of FUNCTIONS.values()) {
      for (const holder of ['input.list', 'input.object', 'input.names', 'input.a']) {
        for (const key of hostile) {
          const given = [holder, key, key, key].slice(0, Math.min(Math.max(argsMin, 2), argsMax))
          const template = compileTemplate(`{{ ${name}(${given.join(', ')}) }}`)
          const result = template.ok ? template.value.evaluate(scope) : template
          expect(!result.ok || isData(result.value), `${name}(${given.join(', ')})`).toBe(true)
        }
      }
    }
  })

  it('is no function by a name that every object has', () => {
    for (const name of [...COMPUTED, ...INHERITED, 'eval', 'Function', 'require', 'fetch', 'setTimeout']) {
      expect(evaluate(`{{ ${name}('return this') }}`, scope)).toMatch(/^expression_invalid: Unknown function/)
    }
  })
})
