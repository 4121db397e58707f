import { describe, expect, it } from 'vitest'
import { failureOf, outputOf, runCode } from './run-code'

describe('the code of a stage', () => {
  it('is a module whose default export is called with the inputs and a context', async () => {
    const source = `const double = (n) => n * 2
      export default async function (inputs, { secrets, execution }) {
        return { twice: double(inputs.n), key: secrets.KEY, id: execution.idempotencyKey, attempt: execution.attempt }
      }`
    expect(await outputOf(runCode(source, { n: 4 }, { secrets: { KEY: 'k-1' } }))).toEqual({
      twice: 8,
      key: 'k-1',
      id: 'exec_1:main',
      attempt: 1,
    })
  })

  it.for([
    ['statements that return', 'const n = inputs.n\nreturn n + 1'],
    ['a named function', 'export default function add({ n }) { return n + 1 }'],
    ['an arrow function without a semicolon', 'const one = 1\nexport default ({ n }) => n + one\n;[1].map(String)'],
    ['an export clause', 'function add({ n }) { return n + 1 }\nexport { add as default }'],
    ['something awaited at the top', 'const one = await Promise.resolve(1)\nexport default ({ n }) => n + one'],
    ['names that our own wrapping uses', 'const $0 = 1, fetch = 2, inputs = 3\nexport default ({ n }) => n + $0'],
    ['other exports beside it', 'export const one = 1\nexport default ({ n }) => n + one\nexport function f() {}'],
    ['a comment at its end', 'return inputs.n + 1 // done'],
  ])('may be %s', async ([, source = '']) => {
    expect(await outputOf(runCode(source, { n: 1 }))).toBe(2)
  })

  it('finds the usual JavaScript and Web APIs', async () => {
    const source = `class Name extends Error { constructor(text) { super(text); this.name = 'Name' } }
      const row = {}
      row.constructor = 'Acme'
      row.toString = 'text'
      const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode('a')))
      const copy = structuredClone({ date: new Date(0) })
      const stop = new AbortController()
      let stopped = false
      stop.signal.addEventListener('abort', () => { stopped = true })
      stop.abort()
      await new Promise((resolve) => globalThis.setTimeout(resolve, 1))
      return { row, first: digest[0], url: new URL('/x', 'https://a.test').href, name: new Name('n').name, copy, stopped,
        text: String({}), own: Object.hasOwn(row, 'x') || row.hasOwnProperty('y'), base64: btoa('a'), money: new Intl.NumberFormat('en').format(1234), sorted: [2, 1].toSorted(), json: await new Response('[1]').json() }`
    expect(await outputOf(runCode(source))).toEqual({
      row: { constructor: 'Acme', toString: 'text' },
      first: 202,
      url: 'https://a.test/x',
      name: 'Name',
      copy: { date: '1970-01-01T00:00:00.000Z' },
      stopped: true,
      text: '[object Object]',
      own: false,
      base64: 'YQ==',
      money: '1,234',
      sorted: [1, 2],
      json: [1],
    })
  })

  it('writes its console and log into the trace, whatever it writes', async () => {
    const source = `export default async (inputs, { log }) => {
        console.log('one', { a: 1 }, 2n, [undefined])
        await new Promise((resolve) => setTimeout(resolve, 1))
        console.warn('two'); console.error(new TypeError('three')); console.debug(Symbol('four'))
        const loop = {}; loop.loop = loop; console.info(loop)
        log('five', { n: 5 })
      }`
    const { lines } = await runCode(source)
    expect(lines).toEqual([
      'info one {"a":1} 2 [null]',
      'warn two',
      expect.stringMatching(/^error TypeError: three\n {4}at \S+ \(main:4:\d+\)$/),
      'debug Symbol(four)',
      'info [object Object]',
      'info five {"n":5}',
    ])
    expect(lines.join('\n')).not.toContain('main.js')
  })

  it('keeps at most a thousand lines, each of 8,192 characters and the sign of a cut', async () => {
    const { lines } = await runCode(`for (let i = 0; i < 1100; i++) console.log('x'.repeat(9000)); return 1`)
    expect(lines).toHaveLength(1_000)
    expect(lines[0]).toHaveLength('info '.length + 8_192 + '…'.length)
  })

  it('leaves out absent fields and writes dates as text', async () => {
    expect(await outputOf(runCode('return { a: undefined, b: new Date(0), c: [null] }'))).toEqual({
      b: '1970-01-01T00:00:00.000Z',
      c: [null],
    })
    expect(await outputOf(runCode('return'))).toBeNull()
  })

  it.for([
    ['return { a: [1, NaN] }', '/a/1', 'NaN is not a JSON number'],
    ['return { big: { n: 1n } }', '/big/n', 'a bigint has no place in JSON'],
    ["const a = {}; a['x/y'] = [a]; return a", '/x~1y/0', 'it contains itself'],
    ['return { f() {} }', '/f', 'a function has no place in JSON'],
    ['return [undefined]', '/0', 'undefined has no place in JSON'],
    ['return { o: Object.create({ a: 1 }) }', '/o', 'an object that inherits from another is not a plain object'],
    ['return [new (class {})()]', '/0', 'an object that inherits from another is not a plain object'],
    ['return new (class Order {})()', '', 'an Order is not a plain object'],
    ['return { m: new Map() }', '/m', 'a Map is not a plain object'],
    ['return Symbol()', '', 'a symbol has no place in JSON'],
  ])('that returns what is no JSON fails and names the place: %s', async ([source = '', path, problem]) => {
    expect(await failureOf(runCode(source))).toMatchObject({ code: 'output_not_json', details: { path, problem } })
  })

  it('that returns more than 10 MiB fails, and so do inputs of that size', async () => {
    expect(await failureOf(runCode(`return 'x'.repeat(11 * 1024 * 1024)`))).toMatchObject({ code: 'output_too_large' })
    expect(await failureOf(runCode('return 1', 'x'.repeat(11 * 1024 * 1024)))).toMatchObject({
      code: 'code_inputs_too_large',
    })
  })

  it('that exports no function fails by name', async () => {
    expect(await failureOf(runCode('export default { run() {} }'))).toMatchObject({ code: 'code_no_function' })
  })
})

describe('an error in the code of a stage', () => {
  it('is shown with line, column and the frames of the author', async () => {
    const source = [
      'function read(order) {',
      '  return order.customer.name',
      '}',
      'export default async function (inputs) {',
      '  return read(inputs)',
      '}',
    ].join('\n')
    expect(await failureOf(runCode(source))).toEqual({
      code: 'code_threw',
      message: "TypeError: Cannot read properties of undefined (reading 'name') (line 2, column 25)",
      details: { line: 2, column: 25, stack: ['at read (line 2, column 25)', 'at line 5, column 10'] },
    })
  })

  it('keeps its place in statements, after an await and on the line of an export', async () => {
    expect(await failureOf(runCode('await null\n  if (true) throw new RangeError("no")\nreturn 1'))).toMatchObject({
      message: 'RangeError: no (line 2, column 19)',
    })
    expect(await failureOf(runCode('export default () => { throw new Error("no") }'))).toMatchObject({
      details: { line: 1, column: 30 },
    })
    expect(await failureOf(runCode('for (const n of [1]) [n].map((n) => n.missing.deep)\nreturn 1'))).toMatchObject({
      details: { line: 1, column: 47 },
    })
  })

  it('that is no Error is shown as it is', async () => {
    expect(await failureOf(runCode('if (true) throw { status: 7 }\nreturn 1'))).toEqual({
      code: 'code_threw',
      message: 'The code threw: {"status":7}',
    })
  })

  it('cannot be told apart from its text by an object that lies', async () => {
    const source = `if (true) throw new Proxy({}, { get() { throw 1 }, getPrototypeOf() { throw 2 } })\nreturn 1`
    expect(await failureOf(runCode(source))).toMatchObject({ code: 'code_threw' })
  })

  it('does not harm the next call', async () => {
    await failureOf(runCode('if (true) throw 1\nreturn 1'))
    expect(await outputOf(runCode('return 1'))).toBe(1)
  })
})

describe('the clock of the caller', () => {
  it('ends code that does not return in time, and keeps what it wrote', async () => {
    const source = `console.log('before')\nawait new Promise((resolve) => setTimeout(resolve, 60_000))\nreturn 1`
    const { answer, lines } = await runCode(source, {}, { timeoutMs: 10_000 })
    expect(answer).toMatchObject({ kind: 'failed', failure: { code: 'code_timeout' } })
    expect(lines).toEqual(['info before'])
  })

  it('ends code that waits for what can never come', async () => {
    const ran = runCode('await new Promise(() => {})\nreturn 1', {}, { timeoutMs: 50 })
    expect(await failureOf(ran)).toMatchObject({ code: 'code_timeout' })
  })

  it('ends code whose execution ended', async () => {
    const stop = new AbortController()
    const ran = runCode(
      'await new Promise((resolve) => setTimeout(resolve, 60_000))\nreturn 1',
      {},
      { signal: stop.signal },
    )
    stop.abort()
    expect(await failureOf(ran)).toMatchObject({ code: 'code_aborted' })
  })

  it.for([
    'while (true) {}',
    'for (;;) { try { for (;;); } catch {} }',
    'const fib = (n) => n < 2 ? n : fib(n - 1) + fib(n - 2); fib(80)',
    'while (true) await null',
    'const again = () => Promise.resolve().then(again)\nawait again()',
  ])('ends code that never pauses, even where the platform cannot: %s (T-30)', async (source) => {
    expect(await failureOf(runCode(`${source}\nreturn 1`, {}, { timeoutMs: 60 }))).toMatchObject({
      code: 'code_timeout',
    })
    expect(await outputOf(runCode('return 1'))).toBe(1)
  })

  it('lets code compute for long that pauses', async () => {
    const source = `let n = 0
      for (let i = 0; i < 3; i++) {
        const until = Date.now() + 30
        while (Date.now() < until) n++
        await new Promise((resolve) => setTimeout(resolve, 0))
      }
      return n > 0`
    expect(await outputOf(runCode(source))).toBe(true)
  })

  it('leaves nothing running: requests of a call that is over are refused', async () => {
    const asked: string[] = []
    const source = `const again = () => fetch('https://a.test/').catch(() => 0).then(again)\nawait again()\nreturn 1`
    const http = async ({ url }: { url: string }) => {
      asked.push(url)
      await new Promise((resolve) => setTimeout(resolve, 5))
      return { kind: 'response', status: 200, headers: {}, text: '', durationMs: 1 } as const
    }
    expect(await failureOf(runCode(source, {}, { timeoutMs: 40, http }))).toMatchObject({ code: 'code_timeout' })
    const sent = asked.length
    await outputOf(runCode('await new Promise((resolve) => setTimeout(resolve, 40))\nreturn 1'))
    expect(asked.length).toBeLessThanOrEqual(sent + 1)
  })
})

describe('fetch in the code of a stage', () => {
  const ok = {
    kind: 'response',
    status: 201,
    headers: { 'x-a': 'b', 'content-length': '99' },
    text: '{"a":1}',
    durationMs: 1,
  } as const

  it('sends through the sender of requests and gives a Response', async () => {
    const source = `const answer = await fetch('https://a.test/x?y=1', { method: 'POST', body: JSON.stringify({ n: 1 }),
        headers: { 'content-type': 'application/json', 'X-Own': 'é'.length } })
      return [answer.status, answer.ok, answer.headers.get('x-a'), await answer.json()]`
    const { answer, sent } = await runCode(source, {}, { timeoutMs: 20_000, http: () => ok })
    expect(answer).toEqual({ kind: 'returned', output: [201, true, 'b', { a: 1 }] })
    expect(sent).toMatchObject([
      {
        url: 'https://a.test/x?y=1',
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-own': '1' },
        timeoutMs: 20_000,
        followRedirects: true,
      },
    ])
    expect(new TextDecoder().decode(sent[0]?.body as Uint8Array)).toBe('{"n":1}')
  })

  it('gives every cookie an answer set', async () => {
    const source = `const answer = await fetch('https://a.test/')\nreturn answer.headers.getSetCookie()`
    const cookies = ['a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT', 'b=2']
    const http = () => ({ ...ok, headers: { 'set-cookie': cookies.join('\n') } })
    expect(await outputOf(runCode(source, {}, { http }))).toEqual(cookies)
  })

  it('takes and gives bytes that are no text', async () => {
    const source = `const answer = await fetch('https://a.test/', { method: 'PUT', body: new Uint8Array([0, 255]), redirect: 'manual' })
      return [...new Uint8Array(await answer.arrayBuffer())]`
    const { answer, sent } = await runCode(source, {}, { http: () => ({ ...ok, text: '/wA=', binary: true }) })
    expect(answer).toEqual({ kind: 'returned', output: [255, 0] })
    expect(sent[0]).toMatchObject({ body: new Uint8Array([0, 255]), followRedirects: false })
  })

  it('rejects with the code of what was refused', async () => {
    const failure = { code: 'egress_denied', message: 'IP addresses cannot be called.' }
    const source = `try { await fetch('http://127.0.0.1/') } catch (error) { return [error.name, error.code, error.message] }`
    expect(await outputOf(runCode(source, {}, { http: () => ({ kind: 'failed', failure, durationMs: 1 }) }))).toEqual([
      'TypeError',
      'egress_denied',
      'IP addresses cannot be called.',
    ])
  })

  it('sends at most a hundred requests a run', async () => {
    const source = `let sent = 0
      try { for (;;) { await fetch('https://a.test/'); sent++ } } catch (error) { return [sent, error.code] }`
    expect(await outputOf(runCode(source, {}, { http: () => ok }))).toEqual([100, 'code_fetch_limit'])
  })
})
