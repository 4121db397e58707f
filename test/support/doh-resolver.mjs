// A resolver by DNS over HTTPS whose answers can change between two questions.
//   node test/support/doh-resolver.mjs --port 0
// Prints {"listening":port,"url":…}. GET /dns-query answers ?name=&type= in JSON and ?dns= in wire format (RFC 8484).
// POST /_zone {"name": [{"A":[…],"AAAA":[…],"CNAME":[…],"ttl":0}, …]}: the n-th question of a type is answered with the
// n-th entry, the last one from then on; unknown names do not exist. POST /_mode {"mode"}: json and wire answer in that
// format only, servfail, refuse, garbage, truncated and hang are what they say, null is both formats. GET /_log tells every
// question, POST /_reset forgets everything. Node built-ins only.
import { createServer } from 'node:http'
import { parseArgs } from 'node:util'
import { readQuestion, writeAnswer } from './doh-resolver/wire.mjs'
import { createZone, TYPES } from './doh-resolver/zone.mjs'

const { values } = parseArgs({ options: { port: { type: 'string', default: '0' } } })
const RCODES = { servfail: 2, refuse: 5 }
const MODES = ['json', 'wire', 'garbage', 'truncated', 'hang', ...Object.keys(RCODES)]

const zone = createZone()
let mode = null
let asked = []

const sendJson = (response, status, body, type = 'application/json') =>
  void response.writeHead(status, { 'content-type': type }).end(JSON.stringify(body))

const control = {
  'GET /_log': (response) => sendJson(response, 200, asked),
  'POST /_zone': (response, body) => {
    zone.set(JSON.parse(body))
    sendJson(response, 200, {})
  },
  'POST /_mode': (response, body) => {
    const wished = JSON.parse(body).mode
    if (wished !== null && !MODES.includes(wished)) return sendJson(response, 400, { unknown: wished })
    mode = wished
    sendJson(response, 200, { mode })
  },
  'POST /_reset': (response) => {
    mode = null
    asked = []
    zone.clear()
    sendJson(response, 200, {})
  },
}

function answer(response, url) {
  const wire = url.searchParams.get('dns')
  const question =
    wire === null
      ? { name: url.searchParams.get('name'), type: TYPES[url.searchParams.get('type')] }
      : readQuestion(Buffer.from(wire, 'base64url'))
  const format = wire === null ? 'json' : 'wire'
  asked.push({ ...question, format })
  if (mode === 'hang') return
  if ((mode === 'json' || mode === 'wire') && mode !== format) return sendJson(response, 415, { spoken: mode })
  if (mode === 'garbage') {
    const type = format === 'json' ? 'application/dns-json' : 'application/dns-message'
    return void response.writeHead(200, { 'content-type': type }).end(Buffer.from([1, 2, 3]))
  }
  const rcode = RCODES[mode]
  const { code, records } = rcode === undefined ? zone.answer(question) : { code: rcode, records: [] }
  const truncated = mode === 'truncated'
  if (format === 'wire') {
    const message = writeAnswer(question, { code, records, truncated })
    return void response.writeHead(200, { 'content-type': 'application/dns-message' }).end(message)
  }
  const Answer = records.map(({ name, type, ttl, data }) => ({ name, type, TTL: ttl, data }))
  sendJson(response, 200, { Status: code, TC: truncated, RD: true, RA: true, Answer }, 'application/dns-json')
}

const server = createServer((request, response) => {
  const chunks = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', () => {
    const url = new URL(request.url, 'http://resolver')
    const controlled = control[`${request.method} ${url.pathname}`]
    if (controlled !== undefined) return controlled(response, Buffer.concat(chunks).toString('utf8'))
    if (url.pathname !== '/dns-query') return sendJson(response, 404, {})
    answer(response, url)
  })
  for (const stream of [request, response]) stream.on('error', () => undefined)
})

server.listen(Number(values.port), '127.0.0.1', () => {
  const { port } = server.address()
  process.stdout.write(`${JSON.stringify({ listening: port, url: `http://127.0.0.1:${port}/dns-query` })}\n`)
})
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(0))
