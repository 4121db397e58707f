import { createServer } from 'node:http'

/**
 * A server for http_request stages on loopback. It answers every call at once, or none, and keeps when each came and was
 * answered: `calls` = `[{method, path, arrivedAt, answeredAt}]` on this process's monotonic clock, in ms.
 */
export async function startStandIn({ answers = true } = {}) {
  const calls = []
  const server = createServer((request, response) => {
    const call = { method: request.method, path: request.url, arrivedAt: performance.now(), answeredAt: 0 }
    calls.push(call)
    request.resume().on('end', () => {
      if (!answers) return
      call.answeredAt = performance.now()
      response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"ok":true}')
    })
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  const host = `127.0.0.1:${server.address().port}`
  return {
    url: `http://${host}`,
    vars: { MILLRACE_DEV_ALLOW_HOSTS: host },
    calls,
    stop: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
