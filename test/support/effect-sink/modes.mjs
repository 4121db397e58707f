import { pipeline, Readable } from 'node:stream'

const PIECE = Buffer.alloc(64 * 1024, 'x')
const DRIP_EVERY_MS = 100
const DRIP_BYTES = 10

const json = (status, body, headers = {}) => [
  status,
  { 'content-type': 'application/json', ...headers },
  JSON.stringify(body),
]

function send(response, [status, headers, text]) {
  response.writeHead(status, headers).end(text)
}

function* pieces(bytes) {
  for (let left = bytes; left > 0; left -= PIECE.length) yield PIECE.subarray(0, Math.min(left, PIECE.length))
}

function sendHuge(response, bytes) {
  response.writeHead(200, { 'content-type': 'text/plain' })
  pipeline(Readable.from(pieces(bytes)), response, () => undefined)
}

function drip(response, bytes) {
  response.writeHead(200, { 'content-type': 'text/plain' })
  let left = bytes
  const timer = setInterval(() => {
    const piece = Math.min(left, DRIP_BYTES)
    left -= piece
    response.write(PIECE.subarray(0, piece))
    if (left === 0) response.end()
  }, DRIP_EVERY_MS)
  response.on('close', () => clearInterval(timer))
}

/** Promises more bytes than it sends, then closes. */
function cutShort(response) {
  response.writeHead(200, { 'content-type': 'text/plain', 'content-length': '1000' })
  response.write('short', () => response.destroy())
}

/**
 * How requests are answered. `applies`: the outside system did what it was asked for, whether or not it says so; after
 * `apply-then-drop` and `hang` a sender cannot know.
 */
export const modes = {
  // The receipt differs each time, so that whatever builds on an answer shows on which one it was built.
  ok: { applies: true, answer: ({ response, receipt }) => send(response, json(200, { ok: true, receipt })) },
  500: { applies: false, answer: ({ response }) => send(response, json(500, { ok: false })) },
  429: {
    applies: false,
    answer: ({ response, wish }) =>
      send(response, json(429, { ok: false }, { 'retry-after': String(wish.retryAfterSeconds) })),
  },
  hang: { applies: true, answer: () => undefined },
  'apply-then-drop': { applies: true, answer: ({ request }) => void request.socket.destroy() },
  reset: { applies: false, answer: ({ request }) => void request.socket.resetAndDestroy() },
  'slow-drip': { applies: true, answer: ({ response, wish }) => drip(response, wish.bytes) },
  huge: { applies: true, answer: ({ response, wish }) => sendHuge(response, wish.bytes) },
  'wrong-length': { applies: true, answer: ({ response }) => cutShort(response) },
}
