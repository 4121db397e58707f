import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'

export type RecordedCall = {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** An outside system that remembers every request before it answers. */
export type Recorder = {
  readonly url: string
  /** `host:port`, as a list of allowed hosts wants it. */
  readonly host: string
  readonly calls: readonly RecordedCall[]
  /** How many are open. */
  readonly connections: () => Promise<number>
  readonly close: () => Promise<void>
}

/** Starts one on a free port; `answer` may take its time and decides status and JSON body (200 `{}`). */
export async function startRecorder(
  answer: (call: RecordedCall, before: readonly RecordedCall[]) => { status?: number; body?: unknown } = () => ({}),
): Promise<Recorder> {
  const calls: RecordedCall[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      const call = { method, path: url, headers, body: Buffer.concat(chunks).toString('utf8') }
      const { status = 200, body = {} } = answer(call, [...calls])
      calls.push(call)
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url: `http://${host}`,
    host,
    calls,
    connections: () => promisify(server.getConnections.bind(server))(),
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
