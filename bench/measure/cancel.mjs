import { setTimeout as wait } from 'node:timers/promises'
import { percentile } from '../client/percentile.mjs'
import { below, ms } from '../report/format.mjs'
import { startStandIn } from '../server/stand-in.mjs'

const executions = 100
const patienceMs = 30_000

/** How long a hundred executions take to be cancelled at once, each in the middle of a request that is not answered. */
export async function cancel({ withServer }) {
  const standIn = await startStandIn({ answers: false })
  try {
    return await withServer(({ tenant }) => cancelAll(tenant, standIn), { vars: standIn.vars })
  } finally {
    standIn.stop()
  }
}

async function cancelAll(tenant, standIn) {
  const request = (id) => ({
    id,
    component: 'http_request',
    config: { url: `${standIn.url}/${id}`, method: 'POST', timeout: 120_000 },
  })
  const stages = [request('slow'), { ...request('next'), depends_on: ['slow'] }]
  const { workflowId } = await tenant.deploy({ name: 'cancelled', triggers: [{ type: 'manual' }], stages })
  const rounds = [await cancelRound(tenant, workflowId, standIn), await cancelRound(tenant, workflowId, standIn)]
  const sorted = (key) => rounds[1].map((result) => result[key]).sort((a, b) => a - b)
  const unended = rounds.flat().filter(({ status }) => status !== 'cancelled')
  const failures = [
    ...unended.map(({ status }) => `ended as ${status}`),
    ...standIn.calls.slice(2 * executions).map(({ path }) => `${path} was called after the cancels`),
  ]
  const ended = below(percentile(sorted('endedMs'), 0.95), 1_000)
  return [
    { quantity: `cancel of ${executions} live executions until each has ended: p95`, ...ended, failures },
    { quantity: '  answer to the cancel: p50', measured: ms(percentile(sorted('answeredMs'), 0.5)) },
  ]
}

/** Starts them, waits until each is in the middle of its request, and cancels all at once. The first round only warms up. */
async function cancelRound(tenant, workflowId, standIn) {
  const before = standIn.calls.length
  const items = Array.from({ length: executions }, () => ({ input: {} }))
  const batch = await tenant.call('POST', '/v1/workflows/run/batch', { workflowId, items })
  await arrived(standIn.calls, before + executions)
  return Promise.all(batch.items.map(({ executionId }) => cancelOne(tenant, executionId)))
}

async function cancelOne({ call }, executionId) {
  const startedAt = performance.now()
  await call('POST', `/v1/executions/${executionId}/cancel`, {})
  const answeredMs = performance.now() - startedAt
  const { status } = await call('GET', `/v1/executions/${executionId}`)
  return { status, answeredMs, endedMs: performance.now() - startedAt }
}

async function arrived(calls, count) {
  for (const until = performance.now() + patienceMs; calls.length < count; await wait(20)) {
    if (performance.now() > until) throw new Error(`${calls.length} of ${count} executions reached their request.`)
  }
}
