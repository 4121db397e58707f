import { setTimeout as wait } from 'node:timers/promises'
import { Connection } from './connection.mjs'
import { summarize } from './summarize.mjs'

/**
 * An open loop: sends `perSecond` requests whether or not earlier ones were answered, until `stop()` answers true. A
 * latency counts from the moment a request was due, so a stalled server cannot hide behind a waiting client.
 */
export async function paced(url, { perSecond, connections = 64, request, stop }) {
  const free = Array.from({ length: connections }, () => new Connection(url))
  const all = [...free]
  const underWay = new Set()
  const latenciesMs = []
  const failures = []
  const startedAt = performance.now()

  async function one(connection, n, dueAt) {
    const { status, body } = await connection.send(request(n)).catch((error) => ({ status: 0, body: error.message }))
    latenciesMs.push(performance.now() - dueAt)
    if (status < 200 || status > 299) failures.push(`${status} ${body}`)
    free.push(connection)
  }

  for (let n = 0; !stop();) {
    const dueAt = startedAt + (n * 1000) / perSecond
    const connection = performance.now() >= dueAt ? free.pop() : undefined
    if (connection === undefined) {
      await wait(1)
      continue
    }
    const sending = one(connection, n++, dueAt).finally(() => underWay.delete(sending))
    underWay.add(sending)
  }
  await Promise.all(underWay)
  for (const connection of all) connection.close()
  return summarize({ latenciesMs, failures, seconds: (performance.now() - startedAt) / 1000 })
}
