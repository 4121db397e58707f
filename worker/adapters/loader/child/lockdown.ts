// Evaluated first in every isolate of tenant code. One isolate serves many executions, so nothing that outlives a call may
// be writable from within one: every global that is not needed goes, all that stay are frozen with everything reachable
// from them, and state hidden in them (the last match of RegExp, listeners on the global scope) is taken away.
// Allowed names are listed, not forbidden ones: what a later runtime adds is gone as well.

const STANDARD =
  'Object Function Array Number parseFloat parseInt Infinity NaN undefined Boolean String Symbol Date Promise RegExp Error ' +
  'AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError SuppressedError globalThis JSON Math ' +
  'Intl ArrayBuffer Uint8Array Int8Array Uint16Array Int16Array Uint32Array Int32Array BigUint64Array BigInt64Array ' +
  'Uint8ClampedArray Float16Array Float32Array Float64Array DataView Map BigInt Set Iterator WeakMap WeakSet WeakRef Proxy ' +
  'Reflect DisposableStack AsyncDisposableStack decodeURI decodeURIComponent encodeURI encodeURIComponent escape unescape ' +
  'eval isFinite isNaN Temporal'
const WEB =
  'AbortController AbortSignal Blob ByteLengthQueuingStrategy CompressionStream CountQueuingStrategy Crypto CryptoKey ' +
  'CustomEvent DOMException DecompressionStream Event EventTarget File FormData Headers ReadableByteStreamController ' +
  'ReadableStream ReadableStreamBYOBReader ReadableStreamBYOBRequest ReadableStreamDefaultController ' +
  'ReadableStreamDefaultReader Request Response SubtleCrypto TextDecoder TextDecoderStream TextEncoder TextEncoderStream ' +
  'TransformStream TransformStreamDefaultController URL URLPattern URLSearchParams WritableStream ' +
  'WritableStreamDefaultController WritableStreamDefaultWriter atob btoa clearInterval clearTimeout crypto performance ' +
  'queueMicrotask setInterval setTimeout structuredClone'

/** Module text: hardens the global scope it is evaluated in, or throws. */
export const LOCKDOWN = `
const { apply, defineProperty, getPrototypeOf, getOwnPropertyDescriptor, ownKeys } = Reflect
const real = globalThis
const kept = new Set(${JSON.stringify(`${STANDARD} ${WEB}`.split(' '))})
const fixed = (value) => ({ value, writable: false, enumerable: true, configurable: false })

// Callbacks of the platform would be called with the real global scope as their \`this\`.
const { setTimeout, setInterval, queueMicrotask, performance } = real
for (const name of ['clearTimeout', 'clearInterval', 'structuredClone', 'atob', 'btoa']) {
  const method = real[name]
  defineProperty(real, name, fixed((...rest) => apply(method, undefined, rest)))
}
defineProperty(real, 'setTimeout', fixed((callback, ms, ...rest) => setTimeout(() => callback(...rest), ms)))
defineProperty(real, 'setInterval', fixed((callback, ms, ...rest) => setInterval(() => callback(...rest), ms)))
defineProperty(real, 'queueMicrotask', fixed((callback) => queueMicrotask(() => callback())))
defineProperty(real, 'performance', fixed({ now: () => performance.now(), timeOrigin: performance.timeOrigin }))

// Called on nothing, methods of the platform mean the real global scope.
for (const name of ['addEventListener', 'removeEventListener', 'dispatchEvent']) {
  const method = EventTarget.prototype[name]
  const guarded = function (...rest) {
    if (this === undefined || this === null || this === real) throw new TypeError('Illegal invocation')
    return apply(method, this, rest)
  }
  defineProperty(EventTarget.prototype, name, { ...fixed(guarded), configurable: true })
  kept.delete(name)
  defineProperty(real, name, fixed(undefined))
}

const shared = [EventTarget.prototype, Object.prototype, null]
for (let scope = real; !shared.includes(scope); scope = getPrototypeOf(scope)) {
  for (const name of ownKeys(scope)) {
    if (scope !== real && Object.hasOwn(real, name)) delete scope[name]
    if (kept.has(name) || (scope !== real && (name === 'constructor' || typeof name === 'symbol'))) continue
    const { configurable, value } = getOwnPropertyDescriptor(scope, name) ?? {}
    if (configurable) delete scope[name]
    else if (value !== undefined) throw new Error('A global cannot be taken away: ' + String(name))
  }
}
for (const name of ownKeys(RegExp)) {
  if (typeof name === 'string' && !['length', 'name', 'prototype', 'escape'].includes(name)) delete RegExp[name]
}

// A frozen property forbids assigning to its name on heirs as well; where programs do that, a setter allows it again.
function allowOnHeirs(prototype, names) {
  for (const name of names) {
    const { value, enumerable } = getOwnPropertyDescriptor(prototype, name) ?? {}
    if (value === undefined) continue
    defineProperty(prototype, name, {
      enumerable,
      configurable: false,
      get() { return value },
      set(own) {
        if (this === prototype || this === null || typeof this !== 'object' && typeof this !== 'function') {
          throw new TypeError('Cannot assign to read only property ' + String(name))
        }
        defineProperty(this, name, { value: own, writable: true, enumerable: true, configurable: true })
      },
    })
  }
}
allowOnHeirs(Object.prototype, ownKeys(Object.prototype).filter((name) => name !== '__proto__'))
for (const name of ownKeys(real)) {
  const prototype = typeof real[name] === 'function' ? real[name].prototype : undefined
  if (prototype === Error.prototype || prototype instanceof Error) {
    allowOnHeirs(prototype, ['constructor', 'name', 'message', 'toString'])
  }
}

const hidden = [
  async function () {}, function* () {}, async function* () {}, [][Symbol.iterator](), ''[Symbol.iterator](),
  new Map().entries(), new Set().entries(), ''.matchAll(/a/g), [].values().map((x) => x), Iterator.from({ next() {} }),
  (function* () {})(), (async function* () {})(),
  ...[new Headers(), new URLSearchParams(), new FormData()].flatMap((one) => [one.entries(), one.keys(), one.values()]),
  new Intl.Segmenter().segment('a'), new Intl.Segmenter().segment('a')[Symbol.iterator](),
  crypto.subtle, new ReadableStream().values(), new Uint8Array().values(),
]
const open = [real, ...hidden.map(getPrototypeOf), ...hidden.filter((one) => typeof one === 'function'), crypto.subtle]
const seen = new Set([null])
while (open.length > 0) {
  const one = open.pop()
  if ((typeof one !== 'object' && typeof one !== 'function') || seen.has(one)) continue
  seen.add(one)
  Object.freeze(one)
  open.push(getPrototypeOf(one))
  for (const name of ownKeys(one)) {
    const { value, get, set } = getOwnPropertyDescriptor(one, name)
    open.push(value, get, set)
  }
}
`
