import { setTimeout as wait } from 'node:timers/promises'
import { paced } from '../client/paced.mjs'
import { transforms } from '../documents/chain.mjs'
import { signedOrder, signedWebhook } from '../documents/signed-webhook.mjs'
import { below, ms } from '../report/format.mjs'

const perSecond = 200
const pauseMs = 400

const documentOf = (stages) => ({
  name: 'switched',
  triggers: [signedWebhook('immediate')],
  stages: transforms(stages),
})

/** Deploys and rollbacks while 200 webhook calls arrive every second: how long each call takes, and that none fails. */
export async function switching({ sizes, withServer }) {
  return withServer(async ({ server, tenant }) => {
    const { workflowId, deploymentId, path } = await tenant.deploy(documentOf(2))
    let isOver = false
    const request = (n) => signedOrder(path, n)
    const traffic = paced(server.url, { perSecond, request, stop: () => isOver })
    const times = await switchBackAndForth(tenant.call, { workflowId, deploymentId, count: sizes.switches }).finally(
      () => (isOver = true),
    )
    const calls = await traffic
    return [
      {
        quantity: `failed calls during ${times.deploys.length + times.rollbacks.length} switches at ${perSecond}/s`,
        measured: `${calls.failures.length} of ${calls.count}, p99 ${ms(calls.p99Ms)}`,
        target: '0',
        ok: calls.failures.length === 0,
        failures: calls.failures,
      },
      { quantity: '  slowest deploy of a new version', ...below(Math.max(...times.deploys), 200) },
      { quantity: '  slowest rollback', ...below(Math.max(...times.rollbacks), 200) },
    ]
  })
}

async function switchBackAndForth(call, { workflowId, deploymentId, count }) {
  const deploys = []
  const rollbacks = []
  for (let n = 0; n < count; n++) {
    await wait(pauseMs)
    await call('PUT', `/v1/workflows/${workflowId}`, { definition: documentOf(3 + n), revision: 1 + n })
    deploys.push(await timed(() => call('POST', '/v1/workflows/deploy', { workflowId, environment: 'development' })))
    await wait(pauseMs)
    rollbacks.push(await timed(() => call('POST', `/v1/deployments/${deploymentId}/rollback`, { reason: 'bench' })))
  }
  return { deploys, rollbacks }
}

async function timed(work) {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}
