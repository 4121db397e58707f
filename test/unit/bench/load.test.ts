import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { load } from '../../../bench/client/load.mjs'

async function against(listener: RequestListener, work: (url: string) => Promise<void>): Promise<void> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

describe('the load generator', () => {
  it('sends exactly as many requests as it was told, over as many connections', async () => {
    const sockets = new Set<unknown>()
    const paths: string[] = []
    const listener: RequestListener = (request, response) => {
      sockets.add(request.socket)
      paths.push(request.url ?? '')
      response.end('{}')
    }
    await against(listener, async (url) => {
      const run = await load(url, { connections: 4, total: 50, request: (n) => ({ path: `/${n}` }) })
      expect(run).toMatchObject({ count: 50, failures: [] })
    })
    expect(new Set(paths).size).toBe(50)
    expect(sockets.size).toBe(4)
  })

  it('reads answers in chunks and in pieces, and sends bodies whole', async () => {
    const bodies: string[] = []
    const listener: RequestListener = (request, response) => {
      let body = ''
      request.on('data', (chunk: Buffer) => (body += chunk.toString()))
      request.on('end', () => {
        bodies.push(body)
        response.write('first ')
        setImmediate(() => response.end('last'))
      })
    }
    await against(listener, async (url) => {
      const request = (n: number) => ({ method: 'POST', path: '/', body: `ünï-${n}` })
      const run = await load(url, { connections: 2, total: 10, request })
      expect(run).toMatchObject({ count: 10, failures: [] })
    })
    expect(bodies.toSorted()).toEqual(Array.from({ length: 10 }, (_, n) => `ünï-${n}`))
  })

  it('counts every answer that is not 2xx as a failure and keeps its text', async () => {
    const listener: RequestListener = (_, response) => {
      response.statusCode = 503
      response.end('closed')
    }
    await against(listener, async (url) => {
      const { failures } = await load(url, { connections: 1, total: 2, request: () => ({ path: '/' }) })
      expect(failures).toEqual(['503 closed', '503 closed'])
    })
  })

  it('counts a connection that breaks as a failure and goes on', async () => {
    let calls = 0
    const listener: RequestListener = (request, response) => {
      calls += 1
      if (calls === 1) request.socket.destroy()
      else response.end('{}')
    }
    await against(listener, async (url) => {
      const run = await load(url, { connections: 1, total: 3, request: () => ({ path: '/' }) })
      expect(run.count).toBe(3)
      expect(run.failures).toHaveLength(1)
    })
  })
})
