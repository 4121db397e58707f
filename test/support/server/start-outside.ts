import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request as it came over the wire. */
export type Incoming = {
  readonly method: string
  readonly url: URL
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

export type Route = (request: Incoming, response: ServerResponse, before: readonly Incoming[]) => void

export type Outside = {
  readonly url: string
  /** `host:port`, as a list of allowed hosts wants it. */
  readonly host: string
  /** What came to a path so far. */
  readonly to: (path: string) => readonly Incoming[]
  readonly close: () => Promise<void>
}

/** An outside system on a free port that answers by path; `before` is what came to the same path earlier. */
export async function startOutside(routes: Readonly<Record<string, Route>>): Promise<Outside> {
  const all: Incoming[] = []
  const to = (path: string) => all.filter(({ url }) => url.pathname === path)
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method = '', headers } = request
      const url = new URL(request.url ?? '', `http://${headers.host}`)
      const incoming = { method, url, headers, body: Buffer.concat(chunks) }
      const before = to(url.pathname)
      all.push(incoming)
      const route = routes[url.pathname]
      if (route === undefined) response.writeHead(404).end()
      else route(incoming, response, before)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url: `http://${host}`,
    host,
    to,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Answers with JSON. */
export function sendJson(response: ServerResponse, body: unknown, status = 200, headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}
