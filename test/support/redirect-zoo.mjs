// An outside system that leads its callers astray.
//   node test/support/redirect-zoo.mjs --port 0
// Prints {"listening":port,"url":…}. GET|POST /to?location=…&status=302 leads there, whatever it is; /hops?left=3 leads to
// itself so often and then answers 200; /loop never ends; /bait answers 200. ?inflate=<bytes> on /bomb answers as many
// zeros, gzipped. GET /_log tells every arrival with its headers, POST /_reset forgets them. Node built-ins only.
import { createServer } from 'node:http'
import { parseArgs } from 'node:util'
import { gzipSync } from 'node:zlib'

const { values } = parseArgs({ options: { port: { type: 'string', default: '0' } } })
let arrivals = []

const sendJson = (response, status, body) =>
  void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))

const redirect = (response, location, status = 302) => void response.writeHead(status, { location }).end('gone')

const routes = {
  '/_log': (response) => sendJson(response, 200, arrivals),
  '/_reset': (response) => {
    arrivals = []
    sendJson(response, 200, {})
  },
  '/to': (response, { searchParams }) =>
    redirect(response, searchParams.get('location') ?? '', Number(searchParams.get('status') ?? 302)),
  '/hops': (response, { searchParams }) => {
    const left = Number(searchParams.get('left') ?? 0)
    if (left === 0) return sendJson(response, 200, { arrived: true })
    redirect(response, `/hops?left=${left - 1}`)
  },
  '/loop': (response) => redirect(response, '/loop'),
  '/bomb': (response, { searchParams }) => {
    const body = gzipSync(Buffer.alloc(Number(searchParams.get('inflate') ?? 0)))
    response.writeHead(200, { 'content-encoding': 'gzip', 'content-type': 'text/plain' }).end(body)
  },
  '/bait': (response) => sendJson(response, 200, { arrived: true }),
}

const server = createServer((request, response) => {
  const chunks = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', () => {
    const url = new URL(request.url, 'http://zoo')
    const { method, headers } = request
    if (!url.pathname.startsWith('/_'))
      arrivals.push({ method, path: url.pathname, headers, body: Buffer.concat(chunks).toString('utf8') })
    const route = routes[url.pathname]
    if (route === undefined) sendJson(response, 404, {})
    else route(response, url)
  })
  for (const stream of [request, response]) stream.on('error', () => undefined)
})

server.listen(Number(values.port), '127.0.0.1', () => {
  const { port } = server.address()
  process.stdout.write(`${JSON.stringify({ listening: port, url: `http://127.0.0.1:${port}` })}\n`)
})
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(0))
