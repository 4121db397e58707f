import { CUT } from '#core/kernel/excerpt'
import { LIMITS } from '#core/model/limits'

const LINES_MAX = 1_000
const LINE_CHARS_MAX = 8_192
const DEPTH_MAX = 500

// The one door into an isolate of tenant code. It evaluates a stage's source anew for every call, with a console, a fetch
// and a global object of the call's own, and answers plain data. It is the only code that sees the binding to its caller.
// Nothing of the isolate's own environment is passed on.

/** Module text; `stages` are ids that modules of the name \`stages/<id>.js\` belong to. */
export function entrypoint(stages: readonly string[]): string {
  const imports = stages.map((id, i) => `import stage${i} from './stages/${id}.js'`)
  const table = stages.map((id, i) => `[${JSON.stringify(id)}, stage${i}]`)
  return `import './lockdown.js'
import { WorkerEntrypoint } from 'cloudflare:workers'
${imports.join('\n')}
const factories = new Map([${table.join(', ')}])
${RUNTIME}`
}

const RUNTIME = `
const text = (value) => {
  try { return String(value) } catch { return 'something that has no text' }
}

class NotJson extends Error {
  constructor(path, problem) {
    super(problem)
    this.path = path.map((key) => '/' + String(key).replaceAll('~', '~0').replaceAll('/', '~1')).join('')
  }
}

// A copy that JSON can hold: what it would drop or change without a word is refused, but for absent values of an object.
function plain(value, path, around) {
  if (value !== null && typeof value === 'object' && typeof value.toJSON === 'function') {
    value = value.toJSON(path.at(-1) ?? '')
  }
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value
    case 'number':
      if (!Number.isFinite(value)) throw new NotJson(path, value + ' is not a JSON number')
      return value
    case 'object':
      return value === null ? null : plainObject(value, path, around)
    case 'undefined':
      throw new NotJson(path, 'undefined has no place in JSON')
    default:
      throw new NotJson(path, 'a ' + typeof value + ' has no place in JSON')
  }
}

function kindOf(prototype) {
  const name = text(prototype.constructor?.name ?? '')
  if (name === '' || name === 'Object') return 'an object that inherits from another'
  return (/^[AEIOU]/i.test(name) ? 'an ' : 'a ') + name
}

function plainObject(value, path, around) {
  if (around.has(value)) throw new NotJson(path, 'it contains itself')
  if (path.length > ${DEPTH_MAX}) throw new NotJson([], 'it is nested deeper than ${DEPTH_MAX} levels')
  const isList = Array.isArray(value)
  const prototype = Object.getPrototypeOf(value)
  if (!isList && prototype !== null && prototype !== Object.prototype) {
    throw new NotJson(path, kindOf(prototype) + ' is not a plain object')
  }
  around.add(value)
  const copy = isList ? [] : Object.create(null)
  for (const key of isList ? value.keys() : Object.keys(value)) {
    const inner = value[key]
    if (inner === undefined && !isList) continue
    path.push(key)
    copy[key] = plain(inner, path, around)
    path.pop()
  }
  around.delete(value)
  return copy
}

// Our own frames are nobody's business.
function traced(stack) {
  return stack.split('\\n').filter((line) => !/^ +at .*[( ]main\\.js:\\d+:\\d+\\)?$/.test(line)).join('\\n')
}

function shown(value) {
  if (typeof value === 'string') return value
  if (value instanceof Error) return traced(text(value.stack ?? value))
  if (typeof value !== 'object' || value === null) return text(value)
  try {
    const json = JSON.stringify(value, (_key, inner) => (typeof inner === 'bigint' ? inner + 'n' : inner))
    return json ?? text(value)
  } catch {
    return text(value)
  }
}

const cut = (message) => (message.length <= ${LINE_CHARS_MAX} ? message : message.slice(0, ${LINE_CHARS_MAX}) + '${CUT}')

// Lines leave in the turn they were written in, so that those of a call that is cut off are not lost.
function journal(host) {
  let lines = []
  let written = 0
  const sent = []
  const flush = () => {
    if (lines.length > 0) sent.push(host.log(JSON.stringify(lines)).catch(() => undefined))
    lines = []
  }
  return {
    write(level, message, fields) {
      if (written++ >= ${LINES_MAX}) return
      if (lines.push({ level, message: cut(message), ...(fields && { fields }) }) === 1) {
        queueMicrotask(flush)
      }
    },
    async end() {
      flush()
      await Promise.all(sent)
    },
  }
}

function consoleOf({ write }) {
  const at = (level) => (...values) => write(level, values.map(shown).join(' '))
  const info = at('info')
  const nothing = () => undefined
  return Object.freeze({
    debug: at('debug'), trace: at('debug'), log: info, info, dir: info, table: info, group: info, warn: at('warn'),
    error: at('error'),
    assert: (holds, ...values) => holds || write('error', ['Assertion failed:', ...values.map(shown)].join(' ')),
    groupEnd: nothing, groupCollapsed: info, time: nothing, timeEnd: nothing, timeLog: nothing, count: nothing,
  })
}

function fetchOf(host) {
  return async function fetch(input, init) {
    const request = new Request(input, init)
    const { url, method, redirect } = request
    const body = request.body === null ? null : new Uint8Array(await request.arrayBuffer())
    const call = host.fetch({ url, method, redirect, headers: [...request.headers], body })
    const signal = init?.signal ?? (input instanceof Request ? input.signal : undefined)
    const answer = await (signal ? Promise.race([call, aborted(signal)]) : call)
    if (answer.error) throw Object.assign(new TypeError(answer.error.message), { code: answer.error.code })
    const isEmpty = [204, 205, 304].includes(answer.status)
    return new Response(isEmpty ? null : answer.body, { status: answer.status, headers: answer.headers })
  }
}

function aborted(signal) {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}

const real = globalThis
function globalsOf(own) {
  const scope = {}
  for (const name of Object.getOwnPropertyNames(real)) scope[name] = real[name]
  for (const name of Object.getOwnPropertyNames(Object.getPrototypeOf(real))) {
    if (name !== 'constructor') scope[name] ??= real[name]
  }
  return Object.assign(scope, own, { globalThis: scope, self: scope })
}

class Overlong extends Error {}

// Sources call this wherever they might go on for long. It throws once the event loop has not turned for too long, by a
// clock that stands still while code computes on the platform and goes on in local runtimes, which cannot stop code.
function pauseOf(stretchMsMax) {
  let calls = 0
  let startedAt = null
  let isOver = false
  return () => {
    if (!isOver && (++calls & 63) !== 0) return
    if (startedAt === null) {
      startedAt = Date.now()
      setTimeout(() => { startedAt = null }, 0)
    }
    // From here on every call throws, so that no catch in a loop can go on.
    isOver ||= Date.now() - startedAt > stretchMsMax
    if (isOver) throw new Overlong('The code computes for too long without a pause')
  }
}

async function call(stage, inputs, settings, host, log) {
  const { given, stretchMsMax } = JSON.parse(settings)
  const console = consoleOf(log)
  const fetch = fetchOf(host)
  const scope = globalsOf({ console, fetch })
  const main = await factories.get(stage)(scope, scope, console, fetch, pauseOf(stretchMsMax))
  if (typeof main !== 'function') return { kind: 'no_function' }
  const line = (message, fields) => {
    log.write('info', shown(message), fields === undefined ? undefined : plain(fields, [], new Set()))
  }
  const output = await main(JSON.parse(inputs), { ...given, log: line, fetch })
  const json = JSON.stringify(plain(output ?? null, [], new Set()))
  if (json.length > ${LIMITS.outputBytesMax}) return { kind: 'too_large', chars: json.length }
  return { kind: 'returned', json }
}

function described(thrown) {
  try {
    if (thrown instanceof Overlong) return { kind: 'overlong' }
    if (thrown instanceof NotJson) return { kind: 'not_json', path: thrown.path, problem: thrown.message }
    if (thrown instanceof Error) {
      const { name, message, stack } = thrown
      return { kind: 'threw', name: text(name), message: text(message), stack: text(stack) }
    }
    return { kind: 'threw', name: '', message: shown(thrown), stack: '' }
  } catch {
    return { kind: 'threw', name: '', message: 'something that cannot be looked at', stack: '' }
  }
}

export default class extends WorkerEntrypoint {
  async run(stage, inputs, settings, host) {
    const log = journal(host)
    const called = call(stage, inputs, settings, host, log).catch(described)
    // A call that nobody waits for ends here: its timers and requests end with it.
    const answer = await Promise.race([called, host.over().then(() => ({ kind: 'over' }), () => ({ kind: 'over' }))])
    if (answer.kind !== 'over') await log.end()
    return answer
  }
}
`
