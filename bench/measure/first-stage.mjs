import { setTimeout as wait } from 'node:timers/promises'
import { Connection } from '../client/connection.mjs'
import { percentile } from '../client/percentile.mjs'
import { signedOrder, signedWebhook } from '../documents/signed-webhook.mjs'
import { below } from '../report/format.mjs'
import { indexed } from '../server/index-of.mjs'
import { startStandIn } from '../server/stand-in.mjs'

const pauseMs = 100

/**
 * From sending a webhook call to its first stage's request arriving elsewhere: idle, over the queue. Seen from outside,
 * so both legs of loopback are in it.
 */
export async function firstStage({ sizes, withServer }) {
  const standIn = await startStandIn()
  const document = {
    name: 'first-stage',
    triggers: [signedWebhook('immediate')],
    stages: [
      { id: 'call', component: 'http_request', config: { url: `${standIn.url}/{{ input.orderId }}`, method: 'GET' } },
    ],
  }
  try {
    return await withServer(
      async ({ server, tenant }) => {
        const { workflowId, path } = await tenant.deploy(document)
        const { sentAt, failures } = await callEachAlone(server.url, path, sizes.idleCalls)
        await indexed(server, workflowId, sizes.idleCalls)
        const delaysMs = standIn.calls.map((call) => call.arrivedAt - sentAt.get(call.path)).sort((a, b) => a - b)
        return [
          { quantity: 'webhook to first stage, idle: p50', ...below(percentile(delaysMs, 0.5), 60), failures },
          { quantity: '  p99', ...below(percentile(delaysMs, 0.99), 250) },
        ]
      },
      { vars: standIn.vars },
    )
  } finally {
    standIn.stop()
  }
}

async function callEachAlone(url, path, count) {
  const connection = new Connection(url)
  const sentAt = new Map()
  const failures = []
  for (let n = 0; n < count; n++) {
    sentAt.set(`/order-${n}`, performance.now())
    const { status } = await connection.send(signedOrder(path, n))
    if (status !== 200) failures.push(`${status}`)
    await wait(pauseMs)
  }
  connection.close()
  return { sentAt, failures }
}
