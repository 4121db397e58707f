import { load } from '../client/load.mjs'
import { transforms } from '../documents/chain.mjs'
import { signedOrder, signedWebhook } from '../documents/signed-webhook.mjs'
import { digits } from '../report/format.mjs'
import { indexed } from '../server/index-of.mjs'

const shardCounts = [1, 4, 16]

/**
 * Completed executions a second over one, four and sixteen shards, same burst. On one machine all shards share its cores, so
 * this shows what spreading costs; what it wins needs machines.
 */
export async function shards({ sizes, withServer }) {
  const total = sizes.burst
  return withServer(async ({ server, tenant }) => {
    const rows = []
    for (const count of shardCounts) {
      const name = `shards-${count}`
      const definition = { name, triggers: [signedWebhook('immediate')], stages: transforms(3) }
      const { workflowId, deploymentId, path } = await tenant.deploy(definition)
      if (count > 1) await tenant.call('POST', `/v1/deployments/${deploymentId}/scale`, { shards: count })
      const send = (calls, from) =>
        load(server.url, { connections: 64, total: calls, request: (n) => signedOrder(path, from + n) })
      await send(200, 0)
      const warm = await indexed(server, workflowId, 200)
      const startedAt = Date.now()
      const { failures } = await send(total, 200)
      const { completed, lastEndedAt } = await indexed(server, workflowId, total + 200)
      rows.push({
        quantity: `completed executions, burst of ${total}, K = ${count}`,
        measured: `${digits((total * 1000) / (lastEndedAt - startedAt))}/s`,
        failures: [...failures, ...lost(total + 200 - completed), ...lost(200 - warm.completed)],
      })
    }
    return rows
  })
}

const lost = (count) => (count > 0 ? [`${count} executions did not complete`] : [])
