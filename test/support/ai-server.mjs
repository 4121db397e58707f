// A language model that speaks chat completions, in a process of its own, and answers as it is told to.
//   node test/support/ai-server.mjs --port 0
// Prints {"listening":port,"url":…}; AI_BASE_URL is that url. How a question is answered says, the first that does:
// POST /_mode {"mode"} until {"mode":null}, the header x-mode, a first part of the path (/429/chat/completions), the model's
// name. The modes are ok, 429, 500, truncated, cut-body, mismatch, prose, no-format, hang (ai-server/modes.mjs).
//   <mode>?times=2     the first two questions with an Idempotency-Key so, later ones ok;  &seconds=3 of Retry-After
// With a JSON Schema as response format, ok answers JSON that fits it. GET /_asked tells every question, POST /_reset
// forgets them. Node built-ins only.
import { createServer } from 'node:http'
import { parseArgs } from 'node:util'
import { modes } from './ai-server/modes.mjs'
import { wishOf } from './ai-server/wish.mjs'

const { values } = parseArgs({ options: { port: { type: 'string', default: '0' } } })

let asked = []
let overruled = null

const sendJson = (response, status, body, headers = {}) =>
  void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))

const control = {
  'GET /_asked': (response) => sendJson(response, 200, { asked }),
  'POST /_reset': (response) => {
    asked = []
    overruled = null
    sendJson(response, 200, {})
  },
  'POST /_mode': (response, { mode }) => {
    overruled = mode
    sendJson(response, 200, { mode })
  },
}

function receive(request, response, text) {
  const { pathname: path } = new URL(request.url, 'http://model')
  const body = parse(text)
  const controlled = control[`${request.method} ${path}`]
  if (controlled !== undefined) return controlled(response, body)
  if (request.method !== 'POST' || !path.endsWith('/chat/completions'))
    return sendJson(response, 404, { error: { message: `No ${request.method} ${path} here` } })
  if (!body?.model || !Array.isArray(body.messages))
    return sendJson(response, 400, { error: { message: 'model and messages are needed' } })
  const key = request.headers['idempotency-key'] ?? null
  const before = asked.filter((question) => key !== null && question.key === key).length
  const wish = wishOf([overruled, request.headers['x-mode'], path.split('/')[1], body.model], before)
  asked.push({ path, key, mode: wish.mode, headers: request.headers, body })
  modes[wish.mode]({ body, wish, response, sendJson })
}

function parse(text) {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

const server = createServer((request, response) => {
  const chunks = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', () => receive(request, response, Buffer.concat(chunks).toString('utf8')))
  for (const stream of [request, response]) stream.on('error', () => undefined)
})

server.listen(Number(values.port), '127.0.0.1', () => {
  const { port } = server.address()
  process.stdout.write(`${JSON.stringify({ listening: port, url: `http://127.0.0.1:${port}` })}\n`)
})
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(0))
