import { setTimeout as wait } from 'node:timers/promises'
import { load } from '../client/load.mjs'
import { chain } from '../documents/chain.mjs'
import { signedOrder, signedWebhook } from '../documents/signed-webhook.mjs'
import { digits } from '../report/format.mjs'
import { blocksSettled } from '../server/blocks-settled.mjs'
import { bundle } from '../server/bundle.mjs'
import { indexed } from '../server/index-of.mjs'
import { startStandIn } from '../server/stand-in.mjs'

const quietMs = 1_000

/** US dollars per million, published for paid plans; a message is written, read and deleted. */
const pricePerMillion = {
  requests: 0.3,
  objectRequests: 0.15,
  rowsWritten: 1,
  rowsRead: 0.001,
  indexRowsWritten: 1,
  queueMessages: 3 * 0.4,
  puts: 4.5,
  gets: 0.36,
}

const documentAt = (url) => {
  const call = (method) => ({
    url: `${url}/{{ input.orderId }}`,
    method,
    ...(method === 'POST' && { body: { order: '{{ input.orderId }}' } }),
  })
  const requests = chain(4, 'http_request', (n) => call(n % 2 === 0 ? 'GET' : 'POST'))
  const last = {
    id: 'last',
    component: 'transform',
    depends_on: ['stage-3'],
    config: { value: { done: '{{ input.orderId }}' } },
  }
  return { name: 'cost', triggers: [signedWebhook('immediate')], stages: [...requests, last] }
}

/**
 * Operations that one execution of GET, POST, GET, POST, transform is billed for, counted where they reach the platform,
 * and their price: alone (each starts when the one before is in the index) and together (many callers at once). CPU
 * and storage are not in it.
 */
export async function cost({ sizes, withServer }) {
  const standIn = await startStandIn()
  const serveCounting = { vars: standIn.vars, bundle: await bundle(import.meta.resolve('../counting/worker.mjs')) }
  try {
    return await withServer(async ({ server, tenant, stateFolder }) => {
      const { workflowId, path } = await tenant.deploy(documentAt(standIn.url))
      const readCounts = async () => (await fetch(new URL('/__counts', server.url))).json()
      const send = (from, total, connections) =>
        load(server.url, { connections, total, request: (n) => signedOrder(path, from + n) })
      const { costAlone, costTogether } = sizes
      const failures = []
      const before = await readCounts()
      for (let n = 0; n < costAlone; n++) {
        failures.push(...(await send(n, 1, 1)).failures)
        await indexed(server, workflowId, n + 1)
      }
      await blocksSettled(stateFolder, costAlone)
      const between = await quiet(readCounts)
      failures.push(...(await send(costAlone, costTogether, 32)).failures)
      await indexed(server, workflowId, costAlone + costTogether)
      await blocksSettled(stateFolder, costAlone + costTogether)
      const after = await quiet(readCounts)
      return [
        row('busy', perExecution(between, after, costTogether), failures),
        row('sparse', perExecution(before, between, costAlone), []),
      ]
    }, serveCounting)
  } finally {
    standIn.stop()
  }
}

/** The counts once nothing was added to them for a while: doorbells that nobody needs any more still arrive. */
async function quiet(readCounts) {
  for (let before = await readCounts(); ;) {
    await wait(quietMs)
    const now = await readCounts()
    if (now.queueMessages === before.queueMessages) return now
    before = now
  }
}

const perExecution = (before, after, executions) =>
  Object.fromEntries(Object.keys(pricePerMillion).map((name) => [name, (after[name] - before[name]) / executions]))

function row(load, operations, failures) {
  const dollars = Object.entries(operations).reduce((sum, [name, count]) => sum + count * pricePerMillion[name], 0)
  const limit = load === 'busy' ? 10 : 13
  const { requests, objectRequests, rowsWritten, indexRowsWritten, queueMessages, puts } = operations
  const counted =
    `${digits(requests)} requests, ${digits(objectRequests)} object calls, ${digits(rowsWritten)} + ` +
    `${digits(indexRowsWritten)} rows, ${digits(queueMessages)} doorbells, ${digits(puts)} puts`
  return {
    quantity: `operations of 1 M executions, ${load}`,
    measured: `$${dollars.toFixed(2)}: ${counted} each`,
    target: `<= $${limit}`,
    ok: dollars <= limit,
    failures,
  }
}
