// An outside system that remembers what really reached it, whatever becomes of the server that sent it.
//   node test/support/effect-sink.mjs --port 0
// Prints {"listening":port,"url":…}. How a request is answered is its own wish, by the first part of its path or by
// ?mode=: ok, 500, 429, hang, apply-then-drop, reset, slow-drip, huge, wrong-length (effect-sink/modes.mjs).
//   ?times=2&then=ok   the first two arrivals of an Idempotency-Key in that mode, later ones in the other
//   ?ms=50             think for so long first;  ?bytes= size of huge and slow-drip;  ?seconds= of Retry-After
// GET /_log?after=0 tells every arrival after that number, POST /_mode {"mode"} overrules all wishes until {"mode":null},
// POST /_reset forgets everything. Node built-ins only.
import { createServer } from 'node:http'
import { parseArgs } from 'node:util'
import { createLog } from './effect-sink/log.mjs'
import { modes } from './effect-sink/modes.mjs'
import { wishOf } from './effect-sink/wish.mjs'

const { values } = parseArgs({ options: { port: { type: 'string', default: '0' } } })

const log = createLog()
let overruled = null

const sendJson = (response, status, body) =>
  void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))

const control = {
  'GET /_log': (response, url) => sendJson(response, 200, log.after(Number(url.searchParams.get('after') ?? 0))),
  'POST /_reset': (response) => {
    overruled = null
    log.clear()
    sendJson(response, 200, {})
  },
  'POST /_mode': (response, _url, body) => {
    const { mode } = JSON.parse(body.toString('utf8'))
    if (mode !== null && !Object.hasOwn(modes, mode)) return sendJson(response, 400, { unknown: mode })
    overruled = mode
    sendJson(response, 200, { mode })
  },
}

function receive(request, response, body) {
  const url = new URL(request.url, 'http://sink')
  const controlled = control[`${request.method} ${url.pathname}`]
  if (controlled !== undefined) return controlled(response, url, body)
  const wish = wishOf(url, log.arrivals(request.headers['idempotency-key']))
  const mode = overruled ?? wish.mode
  const { applies, answer } = modes[mode]
  const receipt = log.add(request, url, body, { mode, applied: applies })
  setTimeout(() => answer({ request, response, wish, receipt }), wish.thinkMs)
}

const server = createServer((request, response) => {
  const chunks = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', () => receive(request, response, Buffer.concat(chunks)))
  // Whoever went away is not waited for; what was asked for whole is in the log already.
  for (const stream of [request, response]) stream.on('error', () => undefined)
})

server.listen(Number(values.port), '127.0.0.1', () => {
  const { port } = server.address()
  process.stdout.write(`${JSON.stringify({ listening: port, url: `http://127.0.0.1:${port}` })}\n`)
})
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(0))
