import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { healthy } from '../../scripts/serve/health.mjs'

/**
 * Starts a server process and answers once it is healthy: `{url, workerdPid, inspectorUrl, query(sql, ...values), stop()}`.
 * `query` reads the local D1 database behind the worker's back, which is how the bench sees what has arrived there.
 */
export async function serve(options) {
  const child = fork(fileURLToPath(import.meta.resolve('./child.mjs')), [JSON.stringify(options)])
  const waiting = new Map()
  const { url, workerdPid, inspectorUrl } = await Promise.race([
    once(child, 'message').then(([ready]) => ready),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`A server of the bench ended with ${code}.`))),
  ])
  child.on('message', ({ id, results, error }) => {
    const { resolve, reject } = waiting.get(id)
    waiting.delete(id)
    if (error) reject(new Error(error))
    else resolve(results)
  })
  await healthy(url)
  let asked = 0
  return {
    url,
    workerdPid,
    inspectorUrl,
    query: (sql, ...values) =>
      new Promise((resolve, reject) => {
        waiting.set(++asked, { resolve, reject })
        child.send({ id: asked, sql, values })
      }),
    async stop() {
      if (child.exitCode !== null) return
      child.disconnect()
      await once(child, 'exit')
    },
  }
}
