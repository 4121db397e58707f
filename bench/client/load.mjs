import { Connection } from './connection.mjs'
import { summarize } from './summarize.mjs'

/**
 * A closed loop: `connections` callers, each sending its next request once the last one was answered, until `total`
 * requests were sent or `durationMs` have passed. `request(n)` makes the nth request; `gate()` may hold callers back.
 */
export async function load(
  url,
  { connections, total = Infinity, durationMs = Infinity, request, gate = async () => {} },
) {
  const latenciesMs = []
  const failures = []
  let sent = 0
  const startedAt = performance.now()
  const isOver = () => sent >= total || performance.now() - startedAt >= durationMs

  async function caller() {
    const connection = new Connection(url)
    for (await gate(); !isOver(); await gate()) {
      const sentAt = performance.now()
      const { status, body } = await connection
        .send(request(sent++))
        .catch((error) => ({ status: 0, body: error.message }))
      latenciesMs.push(performance.now() - sentAt)
      if (status < 200 || status > 299) failures.push(`${status} ${body}`)
    }
    connection.close()
  }

  await Promise.all(Array.from({ length: connections }, caller))
  return summarize({ latenciesMs, failures, seconds: (performance.now() - startedAt) / 1000 })
}
