import { createHash } from 'node:crypto'

const KEY = /^(exec_[0-9a-z]+):(.+)$/

/** What a key names when it is one of Millrace's own: `<execution>:<stage path>`. */
function effectOf(key) {
  const [, execution = null, stage = null] = KEY.exec(key ?? '') ?? []
  return { execution, stage }
}

/** Every request in the order it arrived whole, with what tells whether it repeats another. */
export function createLog() {
  let requests = []
  let byKey = new Map()
  return {
    /** How many requests with this key have arrived. */
    arrivals: (key) => byKey.get(key) ?? 0,
    /** Keeps a request and answers its number. */
    add({ method, headers }, url, body, { mode, applied }) {
      const key = headers['idempotency-key'] ?? null
      if (key !== null) byKey.set(key, (byKey.get(key) ?? 0) + 1)
      requests.push({
        n: requests.length + 1,
        arrivedAt: Date.now(),
        method,
        path: url.pathname,
        key,
        ...effectOf(key),
        attempt: key === null ? 1 : byKey.get(key),
        bodyBytes: body.length,
        bodyHash: createHash('sha256').update(body).digest('hex'),
        traceparent: headers.traceparent ?? null,
        mode,
        applied,
      })
      return requests.length
    },
    after: (n) => ({ count: requests.length, requests: requests.slice(n) }),
    clear() {
      requests = []
      byKey = new Map()
    },
  }
}
