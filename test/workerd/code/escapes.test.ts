import { describe, expect, it } from 'vitest'
import { readCode } from '#core/components/code-source'
import { codeModule } from '#core/components/code-module'
import { failureOf, outputOf, runCode } from './run-code'

/** Roads out of other sandboxes, as expressions; each is to lead to nothing, or nowhere. */
const ROADS = [
  "Function('return this')()",
  "new Function('return process')()",
  "(() => {}).constructor('return globalThis')()",
  "(async () => {}).constructor('return this')()",
  "(function* () {}).constructor('return this')().next().value",
  "(async function* () {}).constructor('return this')()",
  "[].at.constructor('return this')()",
  "''.constructor.constructor('return this')()",
  "fetch.constructor('return this')()",
  "console.log.constructor('return this')()",
  "log.constructor('return this')()",
  "Object.getPrototypeOf(fetch).constructor('return 1')()",
  "secrets.constructor.constructor('return this')()",
  "inputs.constructor.constructor('return this')()",
  "execution.constructor.constructor('return this')()",
  "globalThis.constructor.constructor('return this')()",
  "Reflect.construct(Function, ['return this'])()",
  "Reflect.getOwnPropertyDescriptor(Function.prototype, 'constructor').value('return 1')()",
  "eval('1')",
  "(0, eval)('this')",
  "(async () => { setTimeout('globalThis.x = 1', 0); await new Promise((end) => setTimeout(end, 5)); return globalThis.x })()",
  "queueMicrotask('1')",
  'globalThis.process',
  'process.env',
  "process.binding('fs')",
  "process.getBuiltinModule('fs')",
  "require('node:fs')",
  "module.constructor._load('fs')",
  'Buffer',
  'global',
  'env',
  'this?.env',
  'this?.ctx',
  'globalThis.env',
  'globalThis.Cloudflare',
  'caches.default',
  'navigator.sendBeacon',
  'WebAssembly.Module',
  'new SharedArrayBuffer(8)',
  'new Worker("x")',
  'importScripts("x")',
  'new WebSocket("wss://a.test")',
  'new EventSource("https://a.test")',
  'new BroadcastChannel("x")',
  'new MessageChannel()',
  'Deno',
  'Bun',
  'window',
  'document',
  'parent',
  'top',
  'exports',
  'arguments[0]',
  '(function f() { return f.caller })()',
  '(function () { return arguments.callee })()',
  '(() => { Error.prepareStackTrace = (_, frames) => frames[0].getThis(); return new Error().stack.x })()',
  'Object.prototype.__lookupGetter__.call(globalThis, "env")',
  'Object.getOwnPropertyNames(globalThis).find((name) => /env|binding|loader|gateway|host|secret/i.test(name))',
  'Reflect.ownKeys(globalThis).find((key) => typeof key === "symbol" && key !== Symbol.toStringTag)',
  'Object.values(console).find((one) => typeof one !== "function")',
  'Object.keys(fetch)[0]',
]

/** What stops being harmless once it is put together with a module around it, or is none of ours to run. */
const REFUSED = [
  "import { env } from 'cloudflare:workers'\nexport default () => env",
  "import fs from 'node:fs'\nexport default () => fs",
  "export * from 'cloudflare:workers'\nexport default () => 1",
  "export { env as default } from 'cloudflare:workers'",
  "return import('cloudflare:workers')",
  "return await import('data:text/javascript,export default 1')",
  'return import.meta.url',
  'return 1 }).call(); globalThis.x = 1; (async function () {',
  'return 1 }; export const leak = 1; {',
  '}} export default 1; {{',
  'with (inputs) { return x }',
  '*/ return 1 /*',
]

describe('code that looks for a way out (T-04)', () => {
  it('finds nothing: no host, no module and no other code', async () => {
    const source = `
      const seen = {}
      const look = async (name, road) => {
        try {
          const found = await road.call(undefined)
          seen[name] = found === undefined || found === null ? 'nothing' : 'FOUND ' + typeof found + ' ' + String(found).slice(0, 80)
        } catch (error) { seen[name] = 'threw' }
      }
      ${ROADS.map((road, n) => `await look(${JSON.stringify(`${n}: ${road}`)}, function () { return ${road} })`).join('\n')}
      return seen`
    const { answer, sent } = await runCode(source, { x: 1 }, { secrets: { KEY: 'canary' } })
    if (answer.kind === 'failed') throw new Error(JSON.stringify(answer.failure))
    const found = Object.entries(answer.output as Record<string, string>).filter(([, what]) => what.startsWith('FOUND'))
    expect(found).toEqual([])
    expect(Object.keys(answer.output as object)).toHaveLength(ROADS.length)
    expect(sent).toEqual([])
  })

  it.for(REFUSED)('is refused before it is stored: %s', (source) => {
    expect(readCode(source)).toMatchObject({ ok: false })
    expect(() => codeModule(source)).toThrow('Invariant broken')
  })

  it('is given secrets, a log, a fetch and who it is, and nothing that leads on from them', async () => {
    const source = `export default function (inputs, context) {
      const kinds = (one) => Object.fromEntries(Reflect.ownKeys(one).map((key) => [String(key), typeof one[key]]))
      return { context: kinds(context), execution: kinds(context.execution), own: arguments.length }
    }`
    expect(await outputOf(runCode(source))).toEqual({
      context: { secrets: 'object', log: 'function', fetch: 'function', execution: 'object' },
      execution: { id: 'string', stage: 'string', attempt: 'number', idempotencyKey: 'string' },
      own: 2,
    })
  })

  it('cannot get at what stands between it and its caller by replacing what that uses', async () => {
    const source = `
      const caught = []
      const replace = (holder, name, put) => { try { holder[name] = put; return holder[name] === put } catch { return false } }
      const changed = [
        replace(JSON, 'stringify', (value) => { caught.push(value); return '1' }), replace(Promise.prototype, 'then', () => caught),
        replace(Array.prototype, 'push', function (one) { caught.push(one) }), replace(Object.prototype, 'then', () => 1),
        replace(Map.prototype, 'get', function () { caught.push(this) }), replace(Request.prototype, 'clone', () => 1),
        replace(Function.prototype, 'call', function () { caught.push(this) }), replace(Object, 'keys', () => caught),
        replace(Symbol.prototype, 'toString', () => 1), replace(String.prototype, 'split', () => caught),
      ]
      console.log('seen')
      return { changed: changed.filter(Boolean).length, caught: caught.length }`
    expect(await outputOf(runCode(source))).toEqual({ changed: 0, caught: 0 })
  })

  it('returns data: nothing that runs when it is looked at reaches its caller', async () => {
    const trick = `{ toJSON() { return { a: 1 } } }`
    expect(await outputOf(runCode(`return ${trick}`))).toEqual({ a: 1 })
    expect(await outputOf(runCode('return { then(resolve) { resolve({ b: 2 }) } }'))).toEqual({ b: 2 })
    expect(await outputOf(runCode('return { get c() { return 3 } }'))).toEqual({ c: 3 })
    expect(await outputOf(runCode(`return JSON.parse('{"__proto__":{"polluted":1}}')`))).toSatisfy(
      (value: object) => Object.hasOwn(value, '__proto__') && Object.getPrototypeOf(value) === Object.prototype,
    )
    for (const source of [
      'return new Proxy({}, { ownKeys() { throw new Error("trap") } })',
      'return () => 1',
      'return Symbol("x")',
      'return { [Symbol.toPrimitive]() { return "x" }, f() {} }',
      'return new (class Host { constructor() { this.a = 1 } })()',
      'return new Proxy(function () {}, {})',
    ]) {
      expect((await failureOf(runCode(source))).code, source).toMatch(/^(output_not_json|code_threw)$/)
    }
  })

  it('is one function of one module, however its text ends', async () => {
    for (const source of [
      'return 1 // }).call()',
      'return 1 /* }) */',
      'return 1\n//# sourceURL=main.js',
      'return `}).call()`.length / 9',
    ]) {
      expect(await outputOf(runCode(source)), source).toBe(1)
    }
  })
})
