import { env, exports } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import type { Json } from '#core/kernel/json'
import { workerCode, workerId, type IsolatedWorkerCode } from '../../../worker/adapters/loader/worker-code'
import { bundleOf, callCode, outputOf, runCode } from './run-code'

/** Loads a module of our choice as tenant code is loaded, without anything that locks it down from inside. */
async function unlocked(source: string): Promise<Json> {
  const gateway = exports.EgressGateway({ props: { organizationId: 'org_1', versionId: 'version_1' } })
  const code = { ...workerCode({ sources: new Map() }, gateway), modules: { 'main.js': source } }
  const stub = env.LOADER.load(code).getEntrypoint() as unknown as { run(): Promise<Json> }
  return stub.run()
}

const child = (body: string) => `
  import { WorkerEntrypoint } from 'cloudflare:workers'
  const attempt = async (what) => { try { return await what() } catch (error) { return 'threw ' + error.message } }
  export default class extends WorkerEntrypoint { async run() { ${body} } }`

describe('a worker of tenant code, whatever runs in it', () => {
  it('cannot reach the network by itself: fetch, WebSocket and sockets end at the gateway (N-05)', async () => {
    const answers = await unlocked(
      child(`
        const { connect } = await import('cloudflare:sockets')
        const urls = ['https://example.com/', 'http://127.0.0.1/', 'http://localhost:8787/health', 'http://[::1]/', 'http://169.254.169.254/']
        const statuses = []
        for (const url of urls) statuses.push((await fetch(url)).status)
        const socket = (address) => attempt(async () => {
          const { readable, writable } = connect(address)
          const sent = writable.getWriter().write(new Uint8Array([1])).catch(() => undefined)
          const { done } = await readable.getReader().read()
          await sent
          return done ? 'closed' : 'answered'
        })
        return {
          statuses,
          body: await (await fetch('https://example.com/')).json(),
          webSocket: (await fetch('https://example.com/', { headers: { Upgrade: 'websocket' } })).webSocket ?? null,
          sockets: [await socket('127.0.0.1:80'), await socket('example.com:443')],
        }`),
    )
    expect(answers).toEqual({
      statuses: [403, 403, 403, 403, 403],
      body: { code: 'egress_denied' },
      webSocket: null,
      sockets: [expect.stringMatching(/^threw |^closed$/), expect.stringMatching(/^threw |^closed$/)],
    })
  })

  it('has no binding, variable or secret of the host, and no module of Node (T-04, T-11)', async () => {
    const found = await unlocked(
      child(`
        const own = await import('cloudflare:workers')
        return {
          env: Object.keys(this.env),
          imported: Object.keys(own.env),
          process: typeof process,
          exports: Object.keys(this.ctx.exports),
          node: await attempt(async () => Object.keys(await import('node:net')).length),
          eval: await attempt(() => new Function('return 1')()),
        }`),
    )
    expect(found).toEqual({
      env: [],
      imported: [],
      process: 'undefined',
      exports: ['default'],
      node: expect.stringMatching(/^threw No such module/),
      eval: expect.stringMatching(/^threw Code generation/),
    })
  })
})

describe('what a worker of tenant code is loaded from', () => {
  const gateway = exports.EgressGateway({ props: { organizationId: 'org_1', versionId: 'version_1' } })

  it('names its outbound, always and by a name that the loader knows', () => {
    const code = workerCode({ sources: new Map([['main', 'return 1']]) }, gateway)
    expect(code.globalOutbound).toBe(gateway)
    expect(Object.keys(code).toSorted()).toEqual([
      'compatibilityDate',
      'compatibilityFlags',
      'env',
      'globalOutbound',
      'mainModule',
      'modules',
    ])
    const { globalOutbound: _, ...open } = code
    // @ts-expect-error without its outbound it is no worker code, and the runner loads nothing else
    const refused: IsolatedWorkerCode = open
    expect(refused).not.toHaveProperty('globalOutbound')
  })

  it.for([undefined, null, 'https://example.com'])('cannot be made with %s for a gateway', (nothing) => {
    expect(() => workerCode({ sources: new Map() }, nothing as never)).toThrow('Invariant broken')
  })
})

describe('the code of a stage', () => {
  it('has none of the ways around its own fetch (T-04)', async () => {
    const names =
      'caches WebSocket EventSource WebSocketPair navigator process require Buffer env Cloudflare WebAssembly ' +
      'SharedArrayBuffer Atomics MessageChannel addEventListener dispatchEvent ServiceWorkerGlobalScope scheduler'
    const source = `return {${names
      .split(' ')
      .map((name) => `${name}: typeof ${name}`)
      .join(', ')}}`
    const kinds = (await outputOf(runCode(source))) as Record<string, string>
    expect(Object.entries(kinds).filter(([, kind]) => kind !== 'undefined')).toEqual([])
  })

  it('gets at no global scope but its own, by any of the usual roads (T-04)', async () => {
    const source = `
      const attempt = (what) => { try { return what() } catch { return undefined } }
      const later = (start) => new Promise((resolve) => start(function () { resolve(this) }))
      const roads = [
        (function () { return this })(), attempt(() => Function('return this')()), attempt(() => (0, eval)('this')),
        attempt(() => (async () => {}).constructor('return this')()), await later((f) => setTimeout(f, 1)),
        await later((f) => queueMicrotask(f)), await later((f) => { const i = setInterval(function () { clearInterval(i); f() }, 1) }),
        attempt(() => globalThis.constructor.constructor('return this')()),
        attempt(() => EventTarget.prototype.addEventListener.call(undefined, 'x', () => 1) ?? undefined),
        [1].map(function () { return this })[0], attempt(() => Reflect.apply(function () { return this }, undefined, [])),
        await new Promise((resolve) => { const e = new EventTarget(); e.addEventListener('x', function () { resolve(this === e ? undefined : this) }); e.dispatchEvent(new Event('x')) }),
      ]
      return roads.map((road) => typeof road)`
    expect(new Set((await outputOf(runCode(source))) as string[])).toEqual(new Set(['undefined']))
  })

  it('cannot change what the next execution sees: globals and everything reachable from them are frozen (T-24)', async () => {
    const source = `
      const attempt = (what) => { try { what(); return 'changed' } catch (error) { return error.name } }
      return [
        attempt(() => { Array.prototype.leak = 1 }), attempt(() => { Object.prototype.leak = 1 }),
        attempt(() => { JSON.parse = 1 }), attempt(() => { Math.leak = 1 }), attempt(() => { Promise.prototype.then = 1 }),
        attempt(() => { Error.prepareStackTrace = () => 1 }), attempt(() => { crypto.leak = 1 }),
        attempt(() => { Object.getPrototypeOf([][Symbol.iterator]()).leak = 1 }), attempt(() => { Request.prototype.leak = 1 }),
        attempt(() => { Object.getPrototypeOf(async function () {}).leak = 1 }), attempt(() => { setTimeout.leak = 1 }),
        attempt(() => { Object.getPrototypeOf(new Headers().entries()).leak = 1 }), attempt(() => { performance.leak = 1 }),
        attempt(() => { Object.defineProperty(Function.prototype, 'call', { value: 1 }) }), attempt(() => { crypto.subtle.leak = 1 }),
        attempt(() => { Error.prototype.message = 'leak' }), attempt(() => { TypeError.prototype.name = 'leak' }),
      ]`
    expect(new Set((await outputOf(runCode(source))) as string[])).toEqual(new Set(['TypeError']))
  })

  it('finds nothing unfrozen among all that can be had by name or made by calls (T-24)', async () => {
    const source = `
      const seen = new Set()
      const soft = []
      const visit = (one, path) => {
        if ((typeof one !== 'object' && typeof one !== 'function') || one === null || seen.has(one)) return
        seen.add(one)
        if (!Object.isFrozen(one)) soft.push(path)
        for (const key of Reflect.ownKeys(one)) {
          const { value, get, set } = Object.getOwnPropertyDescriptor(one, key)
          for (const inner of [value, get, set]) visit(inner, path + '.' + String(key))
        }
        visit(Object.getPrototypeOf(one), path + '.[[Prototype]]')
      }
      const own = ['globalThis', 'self', 'console', 'fetch']
      const names = Object.getOwnPropertyNames(globalThis).filter((name) => !own.includes(name))
      for (const name of names) visit(globalThis[name], name)
      const lists = [new Headers(), new URLSearchParams(), new FormData(), new Map(), new Set(), [], new Uint8Array()]
      const made = [
        ...lists.flatMap((list) => [list.entries(), list.keys(), list.values()]),
        new Request('https://a.test'), new Response('x'), new Response('x').body, new Response('x').body.getReader(),
        new Response('x').body.values(), new TransformStream(), new WritableStream().getWriter(), new AbortController().signal,
        new Blob(['a']), new File(['a'], 'n'), new Event('x'), new URLPattern(), new DOMException('x'), 'a'.matchAll(/a/g),
        new CompressionStream('gzip'), new TextDecoderStream(), new ReadableStream({ type: 'bytes' }).getReader({ mode: 'byob' }),
        await crypto.subtle.generateKey({ name: 'AES-GCM', length: 128 }, true, ['encrypt']), new Intl.Segmenter().segment('a'),
        new Intl.Segmenter().segment('a')[Symbol.iterator](), (function () { return arguments })(), Promise.resolve(),
        Iterator.from([1]).map((n) => n), Iterator.from({ next() { return { done: true } } }), Object(Symbol()), async () => 1,
        function* () {}, async function* () {}, ''[Symbol.iterator](),
      ]
      made.forEach((one, i) => visit(Object.getPrototypeOf(one), 'made ' + i))
      return { soft, seen: seen.size > 500 }`
    expect(await outputOf(runCode(source))).toEqual({ soft: [], seen: true })
  })

  it('cannot read what the previous execution left: modules, globals, and state hidden in the platform (T-24)', async () => {
    const bundle = bundleOf({
      main: `
        let calls = 0
        const kept = []
        export default function ({ secret }) {
          calls++
          kept.push(secret)
          const seen = { calls, kept: kept.length, left: globalThis.left ?? null, self: self.left ?? null }
          const matched = [RegExp.$1, RegExp.input, RegExp.lastMatch, RegExp['$&'], RegExp.leftContext].map((one) => one ?? null)
          globalThis.left = secret
          self.left = secret
          ;/(can.*)/.exec(secret)
          return { ...seen, matched, own: globalThis.left }
        }`,
    })
    const fresh = { calls: 1, kept: 1, left: null, self: null, matched: [null, null, null, null, null] }
    expect(await outputOf(callCode(bundle, { secret: 'canary-1' }))).toEqual({ ...fresh, own: 'canary-1' })
    expect(await outputOf(callCode(bundle, { secret: 'other' }))).toEqual({ ...fresh, own: 'other' })
  })

  it('sees nothing of an execution that runs at the same moment', async () => {
    const bundle = bundleOf({
      main: `
        let mine = null
        export default async function ({ name }) {
          mine = name
          globalThis.mine = name
          for (let i = 0; i < 5; i++) await new Promise((resolve) => setTimeout(resolve, 1))
          return [mine, globalThis.mine]
        }`,
    })
    const names = Array.from({ length: 20 }, (_, i) => `run-${i}`)
    const seen = await Promise.all(names.map((name) => outputOf(callCode(bundle, { name }))))
    expect(seen).toEqual(names.map((name) => [name, name]))
  })

  it('is handed the secrets it names; another stage of the release, in the same worker, is not (T-12)', async () => {
    const look =
      'return { own: Object.keys(secrets), all: Object.values(globalThis).some((value) => String(value).includes("canary")), args: arguments.length }'
    const bundle = bundleOf({ first: `await new Promise((r) => setTimeout(r, 5))\n${look}`, second: look })
    const [first, second] = await Promise.all([
      outputOf(callCode(bundle, {}, { stage: 'first', secrets: { KEY: 'canary' } })),
      outputOf(callCode(bundle, {}, { stage: 'second' })),
    ])
    expect(first).toEqual({ own: ['KEY'], all: false, args: 0 })
    expect(second).toEqual({ own: [], all: false, args: 0 })
  })

  it('shares no isolate with the same code of another organization, version or environment (F-30, T-18)', async () => {
    const sources = { main: 'return 1' }
    const base = { organizationId: 'org_a', versionId: 'version_a', environment: 'sealed-a' }
    const bundles = [
      bundleOf(sources, base),
      bundleOf(sources, { ...base, organizationId: 'org_b' }),
      bundleOf(sources, { ...base, versionId: 'version_b' }),
      bundleOf(sources, { ...base, environment: 'sealed-b' }),
      bundleOf({ main: 'return 2' }, base),
      bundleOf({ other: 'return 1' }, base),
    ]
    const ids = await Promise.all(bundles.map(workerId))
    expect(new Set(ids).size).toBe(bundles.length)
    expect(await workerId(bundleOf(sources, base))).toBe(ids[0])
    expect(ids.every((id) => /^code-[0-9a-f]{64}$/.test(id))).toBe(true)
  })

  it('never runs the code of another version in its place', async () => {
    const base = { organizationId: 'org_same', environment: 'sealed' }
    const one = bundleOf({ main: 'return "one"' }, { ...base, versionId: 'version_1' })
    const two = bundleOf({ main: 'return "two"' }, { ...base, versionId: 'version_2' })
    expect(await outputOf(callCode(one))).toBe('one')
    expect(await outputOf(callCode(two))).toBe('two')
    expect(await outputOf(callCode(one))).toBe('one')
  })
})
